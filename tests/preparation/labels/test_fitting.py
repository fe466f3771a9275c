"""Labels stand where the frontend's words are, pauses where the marks are, and nothing of the time is lost."""

import itertools

import numpy as np
import pytest

from parakeet.errors import TextError
from parakeet.frontend.arpabet import PHONES, without_stress
from parakeet.frontend.pronunciation import PUNCTUATION, WordPronunciation
from parakeet.preparation.alignment import ForcedAligner, durations_in_frames, symbols_of
from parakeet.preparation.labels import Label, fit_to_words, read_phone_map
from parakeet.preparation.sphinx import AlignmentFailure

SYMBOLS = [*PUNCTUATION, *PHONES]
ESPEAK = [*PUNCTUATION, "_", "@", "'a", "a", ",a", "'e", "e", ",e", "t", "t;", ";^", "m"]


def words_of(text):
    """ "HH AH0|L OW1 ,|Y UW1 ." to words; marks stand by themselves."""
    words = []
    for part in text.split("|"):
        phones = tuple(symbol for symbol in part.split() if symbol not in PUNCTUATION and symbol != "_")
        words.append(WordPronunciation("".join(phones).lower(), phones, "made"))
        words += [WordPronunciation(s, (s,), "punctuation") for s in part.split() if s in PUNCTUATION or s == "_"]
    return words


def labels_of(text, seconds=0.1):
    """Labels of a tenth of a second each; a dot is a pause of two tenths."""
    labels, at = [], 0.0
    for symbol in text.split():
        length = 2 * seconds if symbol == "." else seconds
        labels.append(Label("sil" if symbol == "." else symbol, at, at + length))
        at += length
    return labels


def fit(labels, words, symbols=SYMBOLS, **options):
    segments = fit_to_words(labels_of(labels), words_of(words), symbols, **options)
    assert segments[0].start_seconds == 0
    assert segments[-1].end_seconds == labels_of(labels)[-1].end
    assert all(a.end_seconds == b.start_seconds for a, b in itertools.pairwise(segments))
    return " ".join(f"{s.symbol}:{round((s.end_seconds - s.start_seconds) * 10)}" for s in segments)


@pytest.mark.parametrize(
    ("labels", "words", "laid_out"),
    [
        (". HH AH0 .", "HH AH0 .", "sil:2 HH:1 AH0:1 .:2"),
        ("HH AH0", "HH AH0 .", "sil:0 HH:1 AH0:1 .:0"),
        (". HH AH0 .", "HH AH0", "sil:2 HH:1 AH0:1 sil:2"),
        ("HH AH0 . L OW1", "HH AH0 ,|L OW1 .", "sil:0 HH:1 AH0:1 ,:2 L:1 OW1:1 .:0"),
        ("HH AH0 . L OW1", "HH AH0|L OW1 .", "sil:0 HH:1 AH0:1 sil:2 L:1 OW1:1 .:0"),
        ("HH AH0 L OW1", "HH AH0 ,|L OW1 .", "sil:0 HH:1 AH0:1 ,:0 L:1 OW1:1 .:0"),
        ("HH AH0 . L OW1", "HH AH0 , -|L OW1 ; .", "sil:0 HH:1 AH0:1 ,:2 -:0 L:1 OW1:1 ;:0 .:0"),
        (". HH AH0", "- HH AH0 .", "sil:2 HH:1 AH0:1 .:0"),
    ],
)
def test_marks_take_the_pauses_at_their_place(labels, words, laid_out):
    if words.startswith("- "):  # a mark before the first word
        words = [WordPronunciation("-", ("-",), "punctuation"), *words_of(words[2:])]
        symbols = [s.symbol for s in fit_to_words(labels_of(labels), words, SYMBOLS)]
        assert symbols == symbols_of(words) == ["sil", "-", "HH", "AH0", "."]
    else:
        assert fit(labels, words) == laid_out


@pytest.mark.parametrize("form", ["HH AH L OW", "hh ah0 l ow1", "HH_B AH_I L_I OW_E", "HH_B AH0_I L_I OW1_E"])
def test_stress_is_the_frontends_where_the_labels_have_none(form):
    assert fit(form, "HH AH0|L OW1 .") == "sil:0 HH:1 AH0:1 L:1 OW1:1 .:0"


def test_what_was_spoken_wins_over_what_the_frontend_thinks():
    assert fit("DH IY0 AE1 P", "DH AH0|AE1 P .") == "sil:0 DH:1 IY0:1 AE1:1 P:1 .:0"
    assert fit("DH IY AE P", "DH AH1|AE1 P .") == "sil:0 DH:1 IY1:1 AE1:1 P:1 .:0"
    assert fit("HH AH0 L OW0 . HH OW", "HH AH0 L OW1 ,|HH OW2 .") == "sil:0 HH:1 AH0:1 L:1 OW0:1 ,:2 HH:1 OW2:1 .:0"


def test_phones_too_many_or_too_few_move_no_mark():
    assert fit("AE N D . W EH L", "AE1 N ,|W EH1 L .") == "sil:0 AE1:1 N:1 D:1 ,:2 W:1 EH1:1 L:1 .:0"
    assert fit("AE N . D W EH L", "AE1 N ,|W EH1 L .") == "sil:0 AE1:1 N:1 ,:2 D:1 W:1 EH1:1 L:1 .:0"
    assert fit("AE N . W EH L", "AE1 N D ,|W EH1 L .") == "sil:0 AE1:1 N:1 ,:2 W:1 EH1:1 L:1 .:0"
    assert fit("S IY . W EH L", "AH0 -|S IY1 ,|W EH1 L .") == "sil:0 -:0 S:1 IY1:1 ,:2 W:1 EH1:1 L:1 .:0"
    assert fit("UH S IY", "S IY1 .") == "sil:0 UH0:1 S:1 IY1:1 .:0"


def test_a_short_pause_inside_the_text_belongs_to_the_phone_before_it():
    labels = [Label("S", 0, 0.1), Label("", 0.1, 0.14), Label("IY", 0.14, 0.3)]
    segments = fit_to_words(labels, words_of("S|IY1 ."), SYMBOLS)
    assert [(s.symbol, s.end_seconds) for s in segments] == [("sil", 0.0), ("S", 0.14), ("IY1", 0.3), (".", 0.3)]
    segments = fit_to_words(labels, words_of("S|IY1 ."), SYMBOLS, min_pause=0.04)
    assert [s.symbol for s in segments] == ["sil", "S", "sil", "IY1", "."]


def test_espeaks_phones_take_their_stress_from_the_frontend_too():
    assert fit("m a t . @ t", "m 'a t _|@ t .", ESPEAK) == "sil:0 m:1 'a:1 t:1 _:2 @:1 t:1 .:0"
    assert fit("m a t ,e t", "m 'a t _|'e t .", ESPEAK) == "sil:0 m:1 a:1 t:1 _:0 ,e:1 t:1 .:0"
    assert fit("m ,a t @ t", "m 'a t _|@ t .", ESPEAK) == "sil:0 m:1 ,a:1 t:1 _:0 @:1 t:1 .:0"


def test_with_a_map_the_frontends_phones_stand_at_the_times_of_the_labels(tmp_path):
    (tmp_path / "map.txt").write_text("# made\ntt t ;^   # soft\naa a\nee e\nm m\nt t\n")
    phone_map = read_phone_map(tmp_path / "map.txt", ESPEAK)
    assert phone_map == {"tt": ("t", ";^"), "aa": ("a",), "ee": ("e",), "m": ("m",), "t": ("t",)}
    options = {"symbols": ESPEAK, "phone_map": phone_map}
    segments = fit_to_words(labels_of("m aa tt . t ee m"), words_of("m 'a t ;^ ,|t 'e m ."), **options)
    assert [s.symbol for s in segments] == ["sil", "m", "'a", "t", ";^", ",", "t", "'e", "m", "."]
    np.testing.assert_allclose([s.end_seconds for s in segments], [0, 0.1, 0.2, 0.25, 0.3, 0.5, 0.6, 0.7, 0.8, 0.8])
    # One that the labels don't have shares the time of its neighbour; one that the frontend doesn't have is its neighbour's.
    assert fit("m aa . t ee m", "m 'a t ,|t 'e m .", **options) == "sil:0 m:1 'a:1 t:0 ,:2 t:1 'e:1 m:1 .:0"
    assert fit("m aa t . t ee m", "m 'a ,|t 'e m .", **options) == "sil:0 m:1 'a:2 ,:2 t:1 'e:1 m:1 .:0"
    assert fit("m . t aa t ee m", "m ,|'a t 'e m .", **options) == "sil:0 m:1 ,:2 'a:2 t:1 'e:1 m:1 .:0"
    assert fit("aa t ee m", "m 'a|t 'e m .", **options) == "sil:0 m:0 'a:0 t:1 'e:1 m:1 .:0"
    assert fit("t aa t ee m", "'a|t 'e m .", **options) == "sil:0 'a:2 t:1 'e:1 m:1 .:0"


def test_a_map_may_say_that_a_label_is_a_pause(tmp_path):
    (tmp_path / "map.txt").write_text("br sil\n")
    phone_map = read_phone_map(tmp_path / "map.txt", SYMBOLS)
    assert fit("HH AH0 br . L OW1", "HH AH0 ,|L OW1 .", phone_map=phone_map) == "sil:0 HH:1 AH0:1 ,:3 L:1 OW1:1 .:0"


def test_a_map_of_unknown_phones_names_its_line(tmp_path):
    (tmp_path / "map.txt").write_text("aa a\ntt tj\n")
    with pytest.raises(TextError, match=r"map\.txt, line 2: 'tj' in the pronunciation of 'tt' is no phone"):
        read_phone_map(tmp_path / "map.txt", ESPEAK)


@pytest.mark.parametrize(
    ("labels", "words", "message"),
    [
        ("HH spn L OW", "HH AH0|L OW1 .", r"hold 'spn' at 0\.10 s: a word that the aligner's dictionary did not know\. Add it there"),
        ("HH qq L xx", "HH AH0|L OW1 .", r"none of the frontend's: 'qq', 'xx'\. Say which they are, .* \(key 'phone_map'\)"),
        ("S IY N OW W AH N", "HH AH0 L OW1|DH EH1 R .", "not those of its text: of the 7 phones that the frontend gives they agree on"),
        (". . .", "HH AH0 .", "hold no phone, only pauses"),
        ("HH", ".", "the text holds no word"),
    ],
)
def test_labels_that_can_not_be_fitted_are_refused_with_the_reason(labels, words, message):
    with pytest.raises(AlignmentFailure, match=message):
        fit(labels, words)


def random_text(rng):
    words = []
    for _ in range(rng.integers(1, 9)):
        phones = tuple(rng.choice(PHONES, rng.integers(1, 6)))
        words.append(WordPronunciation("w", phones, "made"))
        words += [WordPronunciation(m, (m,), "punctuation") for m in rng.choice(PUNCTUATION, rng.choice([0, 0, 0, 1, 2]))]
    return words


def spoken(rng, words):
    """Labels of somebody who says these words with pauses anywhere, and now and then another phone, one more, or one less."""
    labels, at = [], 0.0
    for phone in [phone for word in words if word.source == "made" for phone in word.phones]:
        pause = rng.choice([0, 0, 0.005, 0.03, 0.05, 0.3])
        said = {0: [], 1: [rng.choice(PHONES)], 2: [phone, rng.choice(PHONES)]}.get(rng.integers(0, 40), [phone])
        for symbol in said:
            symbol = without_stress([symbol])[0] if rng.random() < 0.3 else symbol
            for name, length in (("sp", pause), (symbol, rng.choice([0.0, 0.01, 0.0125, rng.uniform(0, 0.2)]))):
                if length or name != "sp":
                    labels.append(Label(str(name), at, at + length))
                    at += length
    return [*labels, Label("", at, at + 0.2)]


def test_frames_sum_to_the_spectrum_and_every_mark_is_there_for_any_text_labels_rate_and_hop():
    rng = np.random.default_rng(0)
    refused = 0
    for case in range(1500):
        words = random_text(rng)
        labels = spoken(rng, words)
        try:
            segments = fit_to_words(labels, words, SYMBOLS)
        except AlignmentFailure:
            refused += 1
            continue
        marks = [w.word for w in words if w.source == "punctuation"]
        assert [s.symbol for s in segments if s.symbol in PUNCTUATION] == marks, case
        rate, hop = int(rng.choice([16000, 22050, 44100])), int(rng.integers(50, 400))
        n_frames = 1 + round(labels[-1].end * rate) // hop
        durations = durations_in_frames(segments, n_frames, hop, rate)
        assert durations.sum() == n_frames
        said = [label for label in labels if not label.is_pause]
        assert [s.symbol.rstrip("012") for s in segments if s.symbol not in ("sil", *PUNCTUATION)] == [x.symbol.rstrip("012") for x in said]
    assert refused < 60


def test_the_layout_is_the_forced_aligners(say):
    pytest.importorskip("pocketsphinx", reason="needs pocketsphinx")
    from parakeet.frontend import load_frontend

    text = "Well, see you there! No, wait: I can not come."
    wav, rate, _ = say(text)
    words = load_frontend("english").words(text)
    aligned = ForcedAligner(rate, min_score=-10).align(wav, words)
    labels, pauses = [], {"sil", *PUNCTUATION}
    for segment in aligned:
        if segment.end_seconds > segment.start_seconds:
            symbol = "" if segment.symbol in pauses else segment.symbol.rstrip("012")
            labels.append(Label(symbol, segment.start_seconds, segment.end_seconds))
    assert [s[:3] for s in fit_to_words(labels, words, SYMBOLS)] == [s[:3] for s in aligned]
