import importlib.util
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from parakeet.errors import MissingDependencyError, TextError
from parakeet.frontend import load_frontend
from parakeet.frontend.espeak import EspeakFrontend
from parakeet.frontend.espeak_data import inventory, voice_file
from parakeet.frontend.vocab import Vocab

needs_espeak = pytest.mark.skipif(
    importlib.util.find_spec("espeakng_loader") is None, reason="needs the wheel espeakng-loader (GPL-3)"
)


@pytest.fixture(scope="module")
def frontend():
    return EspeakFrontend()


@pytest.fixture(scope="module")
def data():
    import espeakng_loader

    return Path(espeakng_loader.get_data_path())


@needs_espeak
@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Hello, world.", "h @ l 'oU , w '3: l d ."),
        ("How are you?", "h 'aU A@ j u: ?"),
        ("It cost $5!", "I t k 'O2 s t d '0 l 3 f 'aI v !"),
        ("no mark at all", "n 'oU m 'A@ k a t# 'O: l ."),
        ("One; two: three", "w 'V n ; t 'u: : T r 'i: ."),
        ("Stop -- go (now)", "s t2 '0 p _ g ,oU _ n 'aU ."),
        ("  two\nlines\t here ", "t 'u: l 'aI n z h 'i@3 ."),
        ("the end...", "D I2 ;^ 'E n d ."),
        ('She said "stop!" and left.', "S i: s 'E d _ s t2 '0 p ! a n d l 'E f t ."),
    ],
)
def test_text_becomes_phones_and_pauses_are_named_by_their_punctuation(frontend, text, phones):
    assert " ".join(frontend.phones(text)) == phones


@needs_espeak
def test_the_samples_of_the_phones_sum_to_the_length_of_the_speech(frontend):
    for text in ("A.", "Hello, world. How are you?", "Dr. Smith said \"no\"; 3.14 is pi!", "x" * 40):
        wav, rate, timed = frontend.synthesize(text)
        assert rate == frontend.sample_rate == 22050
        assert wav.dtype == np.float32
        assert np.abs(wav).max() <= 1
        assert sum(n for _, n in timed) == len(wav)
        assert all(n >= 0 for _, n in timed)
        assert [symbol for symbol, _ in timed] == frontend.phones(text)


@needs_espeak
def test_durations_fit_the_sound(frontend):
    wav, rate, timed = frontend.synthesize("Sissy, see Sue.")
    ends = np.cumsum([n for _, n in timed])
    high, quiet = [], []
    for (symbol, n), end in zip(timed, ends, strict=True):
        part = wav[end - n : end]
        power = np.abs(np.fft.rfft(part)) ** 2
        if symbol == "s":
            high.append(power[int(3500 * n / rate) :].sum() / power.sum())
        elif symbol == "'i:":
            assert power[int(3500 * n / rate) :].sum() / power.sum() < 0.1
        elif symbol == ",":
            quiet.append(np.abs(part[n // 2 :]).max())
    assert len(high) == 4
    assert min(high) > 0.8
    assert max(quiet) < 0.01


@needs_espeak
def test_the_inventory_is_complete_and_fits_a_vocabulary(frontend):
    vocab = Vocab(frontend.symbols)
    for text in ("NO! Stop?", "It's 3.14 or 2,500%; what? a-b c/d #5 @home émigré", "WOW!!! really?! (yes) [no] — *so* – …"):
        vocab.encode(frontend.phones(text))
    assert frontend.symbols[:7] == [",", "-", ":", ";", ".", "!", "?"]
    assert EspeakFrontend().symbols == frontend.symbols
    assert EspeakFrontend(rate=300).symbols == frontend.symbols


@needs_espeak
def test_it_is_found_by_its_name(frontend):
    found = load_frontend("espeak", language="de")
    assert (found.name, found.language) == ("espeak", "de")
    assert load_frontend("espeak").symbols == frontend.symbols


@needs_espeak
def test_phones_that_look_like_punctuation_are_renamed(frontend):
    # The palatal glide ";" before the vowel, and the glottal stop "?".
    assert ";^" in frontend.phones("Julia, area.")
    assert "?^" in frontend.phones("button")
    assert {";^", ":^", "-^", "?^"} <= set(frontend.symbols)


@needs_espeak
def test_every_language_has_an_inventory_without_doubles(data):
    files = [path for path in (data / "lang").rglob("*") if path.is_file()]
    assert len(files) > 100
    for path in files:
        phones = inventory(data, path)
        assert len(set(phones)) == len(phones) > 20
        Vocab([",", "-", ":", ";", ".", "!", "?", "_", *phones])


@needs_espeak
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Guten Tag, wie geht es?"),
        ("fr-fr", "Bonjour, ça va?"),
        ("es", "¿Qué tal, señor?"),
        ("ru", "Привет, как дела?"),
        ("cmn", "你好，世界？"),
    ],
)
def test_other_languages_are_spoken_within_their_inventory(language, text):
    frontend = EspeakFrontend(language)
    phones = frontend.phones(text)
    assert set(phones) <= set(frontend.symbols)
    assert phones[-1] == "?"
    assert "," in phones


@needs_espeak
def test_a_variant_changes_the_voice_and_not_the_phones(frontend):
    other = EspeakFrontend("en-us+f3")
    assert other.phones("Hello, world.") == frontend.phones("Hello, world.")
    assert other.symbols == frontend.symbols
    assert not np.array_equal(other.synthesize("Hello.")[0][:2000], EspeakFrontend().synthesize("Hello.")[0][:2000])


@needs_espeak
def test_words_carry_their_phones_and_where_they_come_from(frontend):
    words = frontend.words("Go go, now!")
    assert [(w.word, " ".join(w.phones), w.source) for w in words] == [
        ("Go", "g ,oU", "espeak"),
        ("go", "g 'oU", "espeak"),
        (",", ",", "punctuation"),
        ("now", "n 'aU", "espeak"),
        ("!", "!", "punctuation"),
    ]


@needs_espeak
def test_the_same_calls_on_new_frontends_give_the_same_samples():
    texts = ["The quick brown fox.", "Hello, world.", "The quick brown fox."]
    first, second = ([f.synthesize(text)[0] for text in texts] for f in (EspeakFrontend(), EspeakFrontend()))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


@needs_espeak
def test_frontends_do_not_disturb_each_other():
    english, german = EspeakFrontend(), EspeakFrontend("de", rate=300)
    before = english.phones("Was ist das?")
    assert german.phones("Was ist das?") != before
    assert english.phones("Was ist das?") == before


@needs_espeak
def test_threads_may_share_a_frontend(frontend):
    texts = [f"Number {n}, please." for n in range(40)]
    expected = [frontend.phones(text) for text in texts]
    got = [None] * len(texts)

    def work(start):
        for i in range(start, len(texts), 4):
            wav, _, timed = frontend.synthesize(texts[i])
            assert sum(n for _, n in timed) == len(wav)
            got[i] = [symbol for symbol, _ in timed]

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == expected


@needs_espeak
@pytest.mark.parametrize("text", ["", "  \n", "...", "?!", "\0"])
def test_a_text_with_nothing_to_speak_is_refused(frontend, text):
    with pytest.raises(TextError, match="there is nothing to speak in the text"):
        frontend.phones(text)


@needs_espeak
def test_unknown_languages_and_variants_are_refused_with_the_nearest(data):
    with pytest.raises(TextError, match=r"can't speak 'en-uss': 'en-uss' is none of its \d+ languages. Did you mean 'en-us'"):
        EspeakFrontend("en-uss")
    with pytest.raises(TextError, match=r"can't speak 'en-us\+f33': 'f33' is none of its variants. Did you mean 'f3"):
        EspeakFrontend("en-us+f33")
    assert voice_file(data, "en-us").name == "en-US"


@needs_espeak
def test_of_several_voices_of_a_language_the_one_that_claims_it_most_is_taken(data):
    assert {code: voice_file(data, code).name for code in ("fr", "pt", "zh", "en")} == {"fr": "fr", "pt": "pt", "zh": "cmn", "en": "en"}


@needs_espeak
@pytest.mark.parametrize("rate", [0, 79, 451, 160.0])
def test_rates_out_of_range_are_refused(rate):
    with pytest.raises(TextError, match="rate should be 80 to 450 words a minute"):
        EspeakFrontend(rate=rate)


@needs_espeak
def test_the_rate_is_kept():
    slow, fast = (len(EspeakFrontend(rate=rate).synthesize("A fairly long sentence, spoken twice.")[0]) for rate in (100, 300))
    assert slow > 2 * fast


def test_without_the_wheel_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(MissingDependencyError, match=r'The espeak frontend needs .*pip install "parakeet-tts\[espeak\]"'):
        EspeakFrontend()


@needs_espeak
def test_a_library_that_cannot_be_loaded_is_a_missing_dependency(monkeypatch, tmp_path):
    import espeakng_loader

    (tmp_path / "libespeak-ng.so").write_bytes(b"no library")
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: str(tmp_path / "libespeak-ng.so"))
    with pytest.raises(MissingDependencyError, match=r"eSpeak NG can't be loaded \(.*Install it again"):
        EspeakFrontend()


def test_a_foreign_sign_whose_place_is_unknown_does_not_hold_up_the_rest():
    """eSpeak NG reads U+0965 as two words of Hindi, and puts them at the place of the letter g."""
    phones = EspeakFrontend("en-us").phones("\U0001e3025닮\U0001b692࿐̘zᛨ॥垎hŕ߬\x7fṺӣ붏ᑊᆁヴ,\U00095acbꔇ芻꿏\u0bdf\U0006f223g")
    assert phones[-1] in ".!?"
    assert "dZ" in phones
