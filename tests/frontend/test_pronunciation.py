from parakeet.frontend.pronunciation import WordPronunciation, describe_left_out, unspoken_words


def test_left_out_words_are_unspoken_and_pictures_are_not():
    words = [
        WordPronunciation("hello", ("HH",), "cmudict"),
        WordPronunciation("мир", (), "left out"),
        WordPronunciation("😀", (), "left out"),
        WordPronunciation("\x00", (), "left out"),
        WordPronunciation("<noise>", (), "left out"),
        WordPronunciation(".", (".",), "punctuation"),
    ]
    assert unspoken_words(words) == ["мир", "<noise>"]


def test_what_is_left_out_is_named_with_its_place():
    pieces = [("😀", "GRINNING FACE", 0), ("x" * 30, "long", 3), ("a", "b", 9)]
    assert describe_left_out(pieces[:2]) == "'😀' (GRINNING FACE) at character 1, 'xxxxxxxxxxxxxxxxxxxx...' (long) at character 4"
    assert describe_left_out(pieces, most=1) == "'😀' (GRINNING FACE) at character 1 and 2 more"
