import re

import pytest

pytest.importorskip("jieba")
pytest.importorskip("pypinyin")

from parakeet.frontend.mandarin.dictionary import PinyinLexicon, character, own_lexicon, phrase
from parakeet.frontend.mandarin.normalizer import simplification
from parakeet.frontend.mandarin.phones import is_syllable
from parakeet.frontend.mandarin.polyphones import _KINDS, choose, polyphones
from parakeet.frontend.mandarin.pronunciation import pronounce, read_word
from parakeet.frontend.mandarin.sandhi import apply_sandhi
from parakeet.frontend.mandarin.segmentation import segmenter


def read(*pieces, lexicon=None):
    words = pronounce(pieces, PinyinLexicon.of(lexicon, ()))
    apply_sandhi(words)
    return words


def test_parakeets_words_have_a_syllable_for_each_character():
    assert len(own_lexicon()) > 1400
    for word in own_lexicon():
        assert len(own_lexicon()[word]) == len(word), word
        assert all(is_syllable(syllable) for syllable in own_lexicon()[word]), word
        assert word.translate(simplification()) == word, "a traditional character is never looked up"


def test_the_rules_for_characters_of_several_readings_hold_syllables_and_known_conditions():
    assert len(polyphones()) > 50
    for rules in polyphones().values():
        for reading, conditions in rules:
            assert is_syllable(reading)
            assert all(condition.kind in _KINDS and condition.choices for condition in conditions)


@pytest.mark.parametrize(
    ("text", "syllables", "source"),
    [
        ("银行", "yin2 hang2", "pypinyin phrase"),
        ("头发", "tou2 fa5", "parakeet"),
        ("中国人民银行", "zhong1 guo2 ren2 min2 yin2 hang2", "pypinyin phrase"),
        ("一个", "yi1 ge4", "pypinyin phrase"),
        ("龘", "da2", "pypinyin character"),
    ],
)
def test_a_word_by_itself(text, syllables, source):
    assert read_word(text) == (tuple(syllables.split()), source)


def test_a_character_that_nobody_knows_is_a_word_without_syllables():
    unknown = "\U00030000"
    assert character(unknown) is None
    assert [(word.text, word.syllables) for word in read(unknown)] == [(unknown, [])]


def test_pypinyins_phrases_are_taken_without_their_sandhi():
    assert phrase("一个") == ("yi1", "ge4")
    assert phrase("不是") == ("bu4", "shi4")
    assert phrase("没有这个词") is None


def test_no_word_goes_from_one_piece_into_the_next_but_tones_do():
    words = read("展", "览馆")
    assert next((word.text, word.piece, word.start) for word in words) == ("展", 0, 0)
    assert [syllable for word in words for syllable in word.syllables] == ["zhan3", "lan2", "guan3"]


def test_users_words_are_cut_out_of_everything_the_longest_first():
    words = read("请问小爱同学在吗", lexicon={"小爱同学": "xiao3 ai4 tong2 xue2", "小爱": "xiao3 ai5", "吗": "ma2"})
    assert ("小爱同学", "user lexicon") in [(word.text, word.source) for word in words]
    assert words[-1].syllables == ["ma2"]


def test_words_of_grammar_are_not_guessed_into_names():
    assert segmenter().cut("他花了很多钱买地") == ["他", "花", "了", "很多", "钱", "买", "地"]


def test_a_long_run_is_cut_in_time_that_grows_with_its_length():
    assert "".join(segmenter().cut("龘" * 3000)) == "龘" * 3000


def test_the_neighbours_of_a_character_choose_its_reading():
    assert choose(["一", "只", "猫"], 1) == "zhi1"
    assert choose(["我", "只", "有"], 1) == "zhi3"
    assert choose(["桌子"], 0) is None


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("一百一十一个", "yi4 bai3 yi1 shi2 yi1 ge4"),
        ("同一个", "tong2 yi2 ge4"),
        ("一一", "yi1 yi1"),
        ("一等奖", "yi1 deng2 jiang3"),
        ("听得懂听不懂", "ting1 de5 dong3 ting1 bu5 dong3"),
        ("毫不在意", "hao2 bu2 zai4 yi4"),
        ("走走停停", "zou2 zou3 ting2 ting2"),
        ("等一等", "deng3 yi5 deng3"),
        ("小雨伞", "xiao3 yu2 san3"),
        ("总统府", "zong2 tong2 fu3"),
        ("鸟儿", "niaor3"),
        ("儿媳妇", "er2 xi2 fu5"),
        ("女孩儿", "nv3 hair2"),
        ("混血儿", "hun4 xue4 er2"),
    ],
)
def test_tones_beside_each_other(text, pinyin):
    assert " ".join(syllable for word in read(text) for syllable in word.syllables) == pinyin


def test_the_table_of_traditional_characters_is_one_to_one_and_final():
    table = simplification()
    assert len(table) > 2900
    assert table[ord("國")] == "国"
    assert not any(ord(new) in table for new in table.values())
    assert all(re.fullmatch(r"[\u3400-\u9fff]", new) for new in table.values())
