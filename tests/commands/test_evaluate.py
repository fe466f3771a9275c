"""What ``parakeet evaluate`` writes, and what it refuses before the work."""

import json

import pytest
from click.testing import CliRunner
from making import change_utterance, make_corpus
from speaking import Parrot

from parakeet.cli import cli
from parakeet.evaluation import studio
from parakeet.preparation.prepare import prepare
from parakeet.voice import Voice


def run(*arguments):
    return CliRunner().invoke(cli, ["evaluate", *map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluate")
    corpus = make_corpus(folder / "corpus", splits=("train", "valid", "test", "test", "test"))
    for i, text in enumerate(("You see two.", "I see.", "Me too."), start=2):
        change_utterance(corpus, f"u{i}", text=text)
    prepare(corpus, folder / "prepared", workers=1)
    return folder


@pytest.fixture(autouse=True)
def voice(monkeypatch, folder):
    """A voice that repeats the recordings; Griffin-Lim in haste."""
    parrot = Parrot(folder / "prepared")
    monkeypatch.setattr(Voice, "load", lambda directory, engine: parrot)
    monkeypatch.setattr(studio, "GRIFFIN_LIM_ITERATIONS", 2)
    return parrot


@pytest.mark.parametrize("data", ["prepared", "corpus"])
def test_it_writes_a_report_and_a_page_and_nothing_else(folder, tmp_path, data):
    result = run("runs/x", folder / data, "--measures", "spectrum,timing", "--output", tmp_path / "card", "--workers", 1)
    assert result.exit_code == 0, result.output + str(result.exception)
    assert "Mel-cepstral distortion, dB" in result.output
    assert sorted(path.name for path in (tmp_path / "card").iterdir()) == ["report.html", "report.json"]
    report = json.loads((tmp_path / "card" / "report.json").read_text())
    assert report["data"]["recordings"] == 3
    assert report["measures"]["mcd"]["conditions"]["voice"]["value"] < 1
    assert ("phone_duration_error" in report["measures"]) == (data == "prepared"), "a corpus does not say how long a phone lasts"


def test_a_file_of_sentences_needs_no_recordings(folder, tmp_path):
    (tmp_path / "prompts.txt").write_text("You see two.\nI see.\nMe too.\n")
    texts, output = tmp_path / "prompts.txt", tmp_path / "o"
    result = run("runs/x", "--sentences", texts, "--count", 2, "--measures", "speed,spectrum", "--output", output)
    assert result.exit_code == 0, result.output + str(result.exception)
    assert "Left out: spectrum: only beside the recordings of a corpus (DATA)." in result.output
    report = json.loads((tmp_path / "o" / "report.json").read_text())
    assert (report["data"]["sentences"], report["data"]["held_out_sentences"]) == (2, 3)
    assert list(report["measures"]) == ["real_time_factor"]


def test_another_language_is_measured_without_what_needs_english(tmp_path, monkeypatch):
    corpus = make_corpus(tmp_path / "corpus", splits=("train", "test", "test"))
    change_utterance(corpus, "u1", text="Another.")
    info = json.loads((corpus / "corpus.json").read_text())
    (corpus / "corpus.json").write_text(json.dumps({**info, "language": "ru"}))
    result = run("runs/x", corpus, "--measures", "moonshine,sphinx,timing", "--output", tmp_path / "card", "--workers", 1)
    assert result.exit_code == 0, result.output + str(result.exception)
    assert "Left out: moonshine, sphinx: English alone." in result.output
    assert "Length error" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either DATA or --sentences"),
        (["DATA", "--sentences", "x.txt"], "give either DATA or --sentences"),
        (["DATA", "--count", "5"], "--count is for --sentences."),
        (["--sentences", "x.txt", "--limit", "5"], "--limit is for DATA."),
    ],
)
def test_options_that_contradict_one_another_are_refused(folder, arguments, message):
    result = run("runs/x", *[folder / "prepared" if argument == "DATA" else argument for argument in arguments])
    assert result.exit_code == 2
    assert message in result.output


def test_what_could_not_be_written_or_compared_is_refused_before_the_work(folder, tmp_path, voice):
    def told(*options):
        return str(run("runs/x", folder / "prepared", *options).exception)

    assert "none does not exist. Make it first." in told("--output", tmp_path / "none" / "card")
    assert "split 'train': 1 sentences to evaluate, expected two or more" in told("--split", "train")
    assert "no split 'tset'" in told("--split", "tset")
    assert "unknown measure 'mcd'" in told("--measures", "mcd")
    assert voice.spoken == []
