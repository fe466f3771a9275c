"""A voice examined from end to end: what it says is known, so the figures are."""

import json
import os
from types import SimpleNamespace

import numpy as np
import pytest
from speaking import Parrot

from parakeet.errors import DataError, TextError
from parakeet.evaluation import evaluate as evaluating
from parakeet.evaluation import measures, studio
from parakeet.evaluation.evaluate import choose_examples, evaluate
from parakeet.evaluation.listening import Heard
from parakeet.evaluation.page import make_page
from parakeet.evaluation.report import to_report
from parakeet.evaluation.sentences import Sentence, read_sentences, read_text_file
from parakeet.evaluation.terminal import render

QUIET = ["spectrum", "pitch", "timing", "speed"]


class Attentive:
    """Understands every recording it has been told of, whatever was done to its sound; of others, nothing."""

    def __init__(self, parrot):
        self.lengths = {len(parrot.data.wav(i)): parrot.data[i]["text"] for i in range(len(parrot.data))}

    def transcribe(self, wav, sample_rate):
        assert sample_rate == 16000
        return self.lengths.get(len(wav), "")


@pytest.fixture(autouse=True)
def in_haste(monkeypatch):
    """Griffin-Lim need not sound good here."""
    monkeypatch.setattr(studio, "GRIFFIN_LIM_ITERATIONS", 2)


@pytest.fixture
def parrot(prepared):
    return Parrot(prepared)


@pytest.fixture
def listened(monkeypatch, parrot):
    """The recogniser of the tests in place of the installed ones."""
    monkeypatch.setattr(measures, "_LOADERS", {})
    made = lambda groups, vocabulary, pronounce: {"moonshine": Attentive(parrot)} if "moonshine" in groups else {}  # noqa: E731
    monkeypatch.setattr(evaluating, "make_recognizers", made)


def values(found, measure):
    return {condition: estimate.value for condition, estimate in found.figures.estimates[measure].items()}


def test_recordings_of_one_text_are_one_sentence_and_the_voice_says_it_once(prepared, parrot):
    sentences = read_sentences(prepared, "test", {})
    assert [(sentence.text, len(sentence.takes)) for sentence in sentences.chosen] == [
        ("See me.", 2), ("You see two.", 1), ("I see.", 1), ("Me too.", 1),
    ]  # fmt: skip
    assert (sentences.recordings, sentences.held_out, len(sentences.vocabulary)) == (5, 4, 10)
    evaluate(parrot, sentences, ["timing"], workers=1)
    assert parrot.spoken == [sentence.text for sentence in sentences.chosen] * 2, "once to be listened to, once for the page"


def test_a_voice_that_repeats_the_recordings_has_no_errors_but_against_a_wrong_text(prepared):
    parrot = Parrot(prepared)
    sentences = read_sentences(prepared, "test", {})
    found = evaluate(parrot, sentences, QUIET, workers=1)
    # It says "See me." as the last of its recordings: of that sentence's two, one is another.
    alone = [heard.values["voice"] for heard in found.results if len(sentences.chosen[heard.number].takes) == 1]
    for one in alone:
        assert one["mcd"][0] == pytest.approx(0, abs=1e-4)
        assert one["log_f0_rmse"][0] == one["voicing_error"][0] == one["length_error"][0] == one["phone_duration_error"][0] == 0
    wrong = values(found, "mcd")["wrong_text"]
    assert wrong > 3
    assert 0 < values(found, "mcd")["copy"] < wrong
    assert values(found, "length_error")["wrong_text"] > 0
    assert set(values(found, "real_time_factor")) == {"voice", "copy", "griffin_lim"}
    assert found.speed["threads"] >= 1


def test_without_a_vocoder_of_its_own_there_is_no_copy_synthesis_beside_griffin_lim(prepared):
    found = evaluate(Parrot(prepared, has_vocoder=False), read_sentences(prepared, "test", {}), ["spectrum"], workers=1)
    assert list(values(found, "mcd")) == ["griffin_lim", "voice", "wrong_text"]


def test_loudness_and_only_loudness_is_left_aside(prepared):
    sentences = read_sentences(prepared, "test", {})
    soft, plain, noisy = (
        values(evaluate(Parrot(prepared, change), sentences, ["spectrum"], workers=1), "mcd")["voice"]
        for change in (lambda wav: wav * 0.2, lambda wav: wav, lambda wav: wav + 0.05 * np.random.default_rng(0).normal(size=len(wav)))
    )
    assert soft == pytest.approx(plain, abs=0.02)
    assert noisy > plain + 1


def test_a_voice_that_says_nothing_is_a_silent_one(prepared, listened):
    mute = Parrot(prepared, lambda wav: wav[:0])
    found = evaluate(mute, read_sentences(prepared, "test", {}), ["moonshine", *QUIET], workers=1)
    assert values(found, "wer_moonshine")["voice"] == values(found, "length_error")["voice"] == 1
    assert values(found, "mcd")["voice"] > values(found, "mcd")["copy"]
    assert "voice" not in values(found, "log_f0_rmse")
    make_page(*pageable(found))


def test_a_sentence_that_ends_the_process_that_listens_is_told(prepared, parrot):
    sentences = read_sentences(prepared, "test", {})
    found = evaluating._listen(evaluating.Studio(parrot, sentences), Deadly(), 2, None)
    assert [heard.values != {} for heard in found[0]] == [True, False, True, True]
    assert found[1][0].reason.startswith("sentence 'You see two.': the process that worked on it was ended twice")


class Deadly:
    """Ends its process at the second sentence, as a fault in a library can."""

    def __call__(self, task):
        if task.number == 1:
            os._exit(1)
        return Heard(task.number, {"voice": {"mcd": (1.0, 1.0)}})


def pageable(found):
    voice = {"path": "runs/x", "acoustic": "parrot", "vocoder": "vocos", "engine": "memory", "sample_rate": 16000, "corpus": {}}
    return to_report(found, voice, "data", ["parakeet", "evaluate", "runs/x"]), found.examples, found.sample_rate


def test_a_voice_stands_between_its_anchors(prepared, parrot, listened):
    found = evaluate(parrot, read_sentences(prepared, "test", {}), ["moonshine"], workers=1)
    rates = values(found, "wer_moonshine")
    assert rates["recording"] == rates["voice"] == rates["copy"] == rates["griffin_lim"] == 0
    assert rates["wrong_text"] > 0.5
    difference = found.figures.differences["wer_moonshine"]["voice", "wrong_text"]
    assert difference.high < 0
    assert found.words == []


def test_words_that_are_missed_are_told_with_what_was_heard_instead(prepared, listened):
    mute = Parrot(prepared, lambda wav: wav[:-1])  # of a length that is not known, so nothing is understood
    found = evaluate(mute, read_sentences(prepared, "test", {}), ["moonshine"], workers=1)
    assert values(found, "wer_moonshine")["voice"] == 1
    assert found.words[0] == ("see", 3, 3, [""], 0.0)
    assert [example.kind for example in found.examples] == ["best", "best", "worst", "worst"]


def test_the_same_seed_gives_the_same_figures_with_one_process_or_two(prepared):
    sentences = read_sentences(prepared, "test", {})
    one, two = (to_json(evaluate(Parrot(prepared), sentences, ["spectrum", "timing"], workers=n)) for n in (1, 2))
    assert one == two


def to_json(found):
    report = to_report(found, {"acoustic": "parrot", "vocoder": "griffin_lim", "path": "x"}, "data", ["parakeet", "evaluate"])
    return {key: json.loads(json.dumps(report[key])) for key in ("measures", "sentences", "misunderstood_words")}


def test_texts_without_recordings_are_chosen_by_the_seed_and_only_heard(tmp_path, parrot, listened):
    path = tmp_path / "prompts.txt"
    path.write_text("One.\n\nTwo!\none\n...\nThree?\nFour.\n", encoding="utf-8")
    sentences = read_text_file(path, "en")
    assert [sentence.text for sentence in sentences.chosen] == ["One.", "Two!", "Three?", "Four."]
    assert read_text_file(path, "en", 2, seed=3) == read_text_file(path, "en", 2, seed=3)
    found = evaluate(parrot, sentences, [group for group in measures.GROUPS if group != "dnsmos"], workers=1)
    assert found.groups == ["moonshine", "speed"]
    assert {out.group for out in found.left_out} == {"sphinx", "pesq", "spectrum", "pitch", "timing"}


def test_a_text_that_the_voice_can_not_read_is_named_before_the_work(prepared, parrot):
    def phones(text):
        raise TextError("There is nothing to speak in it.")

    parrot.phones = phones
    with pytest.raises(DataError, match=r"utterance 'u5': There is nothing to speak in it\."):
        evaluate(parrot, read_sentences(prepared, "test", {}), ["timing"])


def test_one_sentence_is_too_few(tmp_path):
    (tmp_path / "one.txt").write_text("One.\none!\n")
    with pytest.raises(DataError, match=r"one\.txt: 1 sentences to evaluate, expected two or more: .* Give a file with more"):
        read_text_file(tmp_path / "one.txt", "en")
    with pytest.raises(DataError, match=r"none\.txt: can't be read as UTF-8 text \(No such file or directory\)"):
        read_text_file(tmp_path / "none.txt", "en")


def test_a_recording_of_a_lower_rate_than_the_voices_is_refused(prepared, parrot):
    parrot.description.mel = SimpleNamespace(**{**vars(parrot.description.mel), "sample_rate": 22050})
    with pytest.raises(DataError, match="utterance 'u5': recorded at 16000 Hz, but the voice speaks at 22050 Hz"):
        evaluate(parrot, read_sentences(prepared, "test", {}), ["spectrum"], workers=1)


def test_examples_are_the_best_the_middling_and_the_worst():
    results = [Heard(i, {"voice": {"cer_moonshine": (float(i % 7), 10.0)}}) for i in range(21)]
    chosen = choose_examples(results)
    assert list(chosen.values()) == ["best", "best", "middling", "middling", "worst", "worst"]
    assert list(chosen) == [0, 7, 3, 10, 13, 20]
    assert list(choose_examples(results[:3]).values()) == ["best", "best", "worst"]
    assert choose_examples(results[:2]) == {0: "best", 1: "best"}


@pytest.fixture
def report(prepared, parrot, listened):
    sentences = read_sentences(prepared, "test", {})
    hostile = Sentence("</script><script>alert(1)</script> & see.", sentences.chosen[0].takes)
    sentences.chosen[0] = hostile
    found = evaluate(Parrot(prepared, lambda wav: wav[:-1]), sentences, ["moonshine", *QUIET], workers=1)
    return pageable(found)[0], found


def test_the_report_holds_every_figure_with_unit_number_interval_and_how_it_came_about(report):
    content = json.loads(json.dumps(report[0], allow_nan=False))
    assert content["format"] == 1
    for name, measure in content["measures"].items():
        assert {"title", "unit", "higher_is_better", "meaning", "conditions", "differences"} <= set(measure)
        for figure in measure["conditions"].values():
            assert set(figure) == {"value", "low", "high", "n"}
            assert figure["n"] == (3 if name == "phone_duration_error" else 4), "the phones of one are not those that were recorded"
    assert content["settings"]["seed"] == 0
    assert content["machine"]["threads"] >= 1
    assert content["packages"]["numpy"] == np.__version__
    assert content["measures"]["wer_moonshine"]["conditions"]["voice"]["value"] == 100
    assert content["sentences"][1]["utt_ids"] == ["u6"]


def test_the_page_holds_all_it_shows_and_texts_can_not_break_out_of_it(report):
    import html.parser
    import re

    content, found = report
    page = make_page(content, found.examples, found.sample_rate)
    open_tags = []

    class Tags(html.parser.HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag not in ("meta", "input", "img", "hr"):
                open_tags.append(tag)
            for name, value in attributes:
                assert name not in ("src", "href") or value.startswith(("data:audio/flac;base64,", "data:image/png;base64,"))

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Tags().feed(page)
    assert open_tags == []
    assert "<script>alert" not in page
    assert not re.search(r"@import|url\(|fetch\(|https?://", page)
    assert page.count("<audio") == sum(len(example.sounds) for example in found.examples)
    assert "0 of 100 words are understood." in page
    assert page == make_page(content, found.examples, found.sample_rate)


def test_the_terminal_shows_a_line_for_each_figure(report):
    text = render(report[0])
    for measure in report[0]["measures"].values():
        assert measure["title"] in text
    assert "100.0 [100.0, 100.0]" in text
    assert "Timed with" in text
