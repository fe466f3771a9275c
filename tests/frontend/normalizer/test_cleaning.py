import time

import pytest

from parakeet.frontend.normalizer.cleaning import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("e\u0301t\u00e9", "été"),
        ("so\u00adft\u200b “quoted” it’s ５", 'soft "quoted" it\'s 5'),
        ("ﬁne Ｈｅｌｌｏ 𝐛𝐨𝐥𝐝 𝕕𝕠𝕦𝕓𝕝𝕖 ⓒ⑱", "fine Hello bold double c18"),
        ("٣ and ९", "3 and 9"),
        ("H₂O, Henry Ⅷ, 5 ㎏, 1ˢᵗ", "H2O, Henry VIII, 5 kg, 1st"),
        ("m² ½ … ™ № 2ⁿ", "m² ½ … ™ № 2ⁿ"),
        ("H\u0335i\u0335 x\u0302", "Hi x"),
        ("=\u0338 1\ufe0f\u20e3", "≠ 1"),
        ("\u202eabc\u202c", "abc"),
        ("Hawaiʻi", "Hawai'i"),
        ("привет 你好 हिन्दी", "привет 你好 हिन्दी"),
        ("plain ascii\n", "plain ascii\n"),
    ],
)
def test_what_looks_alike_is_written_in_one_way(text, cleaned):
    assert clean(text) == cleaned


def test_many_accents_on_one_letter_take_no_more_time_than_few():
    begin = time.process_time()
    assert clean("a" + "\u0301\u0316" * 500_000) == "a"
    assert time.process_time() - begin < 1
