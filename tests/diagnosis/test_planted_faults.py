"""Faults of every kind, planted in a clean corpus, are found; the rest is left in peace."""

import json
import os

import numpy as np
import pytest
import soundfile

from parakeet.diagnosis.diagnose import CHECKS, diagnose
from parakeet.diagnosis.findings import GRADES, NOTE
from parakeet.errors import DataError


@pytest.fixture(scope="module")
def planted(benchmark, clean_folder, tmp_path_factory):
    scratch = tmp_path_factory.mktemp("planted")
    kinds = [kind for kind in benchmark.KINDS if kind not in benchmark.ALIGNED]
    lines = benchmark.read_lines(clean_folder, None, 1)
    names = benchmark.plant(lines, 1, 3, kinds, scratch)
    benchmark.write_copy(lines, scratch / "faulty")
    return kinds, names, diagnose(scratch / "faulty", quick=True, workers=1)


def test_a_clean_corpus_has_nothing_to_mend_or_to_listen_to(clean_folder):
    diagnosis = diagnose(clean_folder, quick=True, workers=1)
    assert diagnosis.flagged == set()
    assert diagnosis.survey.not_judged["match"] == "that was left out (--quick)"
    texts = next(aspect for aspect in diagnosis.verdict.aspects if aspect.name == "Texts")
    assert texts == ("Texts", "open", "not compared with the recordings: that was left out (--quick).")


def test_every_kind_of_planted_fault_is_found(planted, benchmark):
    kinds, names, diagnosis = planted
    told = benchmark.told(diagnosis)
    missed = {kind: name for name, kind in names.items() if not benchmark.KINDS[kind][1] & told.get(name, set())}
    assert len(names) == len(kinds)
    assert missed == {}


def test_what_nothing_was_done_to_is_not_flagged(planted, clean_folder):
    _, names, diagnosis = planted
    untouched = {path.stem for path in clean_folder.glob("*.wav")} - set(names)
    flagged = {
        c.utt_id: f.check.name
        for f in diagnosis.findings
        if f.check.grade != NOTE
        for c in f.cases
        if c.utt_id in untouched
    }
    flagged.pop("u000")  # stands for its speaker, who has less than two minutes here
    assert flagged == {}
    assert len(untouched) > 30


def test_every_finding_says_what_where_why_and_what_to_do(planted):
    for finding in planted[2].findings:
        assert finding.check.grade in GRADES
        assert all(case.utt_id and case.detail for case in finding.cases)
    for check in CHECKS:
        assert len(check.why) > 30, check.name
        assert len(check.remedy) > 30, check.name
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_what_is_to_be_mended_comes_first_and_what_concerns_most_speech_before_the_rest(planted):
    order = [(GRADES.index(f.check.grade), -f.seconds) for f in planted[2].findings]
    assert order == sorted(order)


def test_the_result_does_not_depend_on_the_number_of_processes(clean_folder):
    from parakeet.diagnosis.page import make_page

    alone, together = (diagnose(clean_folder, quick=True, workers=n) for n in (1, 2))
    assert make_page(alone) == make_page(together)


def test_the_exit_code_says_whether_something_has_to_be_mended(planted, clean_folder):
    assert planted[2].exit_code == 1
    assert diagnose(clean_folder, quick=True, workers=1).exit_code == 0


def test_a_folder_without_a_corpus_is_an_error(tmp_path):
    with pytest.raises(DataError, match="holds no recording"):
        diagnose(tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        diagnose(tmp_path / "nowhere")


def test_too_little_speech_is_nothing_to_train_on(tmp_path, folder_maker):
    verdict = diagnose(folder_maker(tmp_path / "small", 4), quick=True, workers=1).verdict
    assert verdict.headline == "This will not train yet."
    assert verdict.blocking


def test_what_can_not_be_read_is_told_by_its_name_in_the_folder(planted):
    finding = next(f for f in planted[2].findings if f.check.name == "unreadable")
    assert all(case.detail.startswith(f"{case.utt_id}.wav: ") for case in finding.cases)


def test_a_silent_half_of_a_corpus_does_not_move_what_is_usual(tmp_path, clean_folder):
    rows = [json.loads(line) for line in (clean_folder / "metadata.jsonl").read_text().splitlines()]
    folder = tmp_path / "half"
    folder.mkdir()
    for i, row in enumerate(rows):
        wav, rate = soundfile.read(clean_folder / f"{row['file']}.wav")
        soundfile.write(folder / f"{row['file']}.wav", wav * (i % 3 != 0), rate)
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    diagnosis = diagnose(folder, quick=True, workers=1)
    names = {f.check.name: len(f.cases) for f in diagnosis.findings}
    assert names["silent"] == 20
    assert set(names) <= {"silent", "takes"}


def test_a_recording_nobody_thought_of_does_not_end_the_work(clean_folder, monkeypatch):
    from parakeet.diagnosis import survey

    measured = []

    def measure(wav, rate):
        measured.append(1)
        if len(measured) == 5:
            raise ValueError("made up")
        return survey_measure(wav, rate)

    survey_measure = survey.measure
    monkeypatch.setattr(survey, "measure", measure)
    diagnosis = diagnose(clean_folder, quick=True, workers=1)
    (case,) = next(f for f in diagnosis.findings if f.check.name == "unreadable").cases
    assert case.utt_id == "u004"
    assert "ValueError: made up (a fault of parakeet's" in case.detail


def test_a_recording_that_ends_its_process_is_told_and_the_others_go_on():
    from parakeet.diagnosis.work import run

    results = run(_deadly, [1, 2, 3, 4, 5], workers=2)
    assert [results[i] for i in (0, 1, 3, 4)] == [10, 20, 40, 50]
    assert "was ended" in results[2].reason


def _deadly(n):
    if n == 3:
        os._exit(1)
    return 10 * n


def test_what_most_of_a_corpus_has_is_its_manner_and_said_to_be_untold(clean_folder, benchmark, tmp_path):
    lines = benchmark.read_lines(clean_folder, 30, 0)
    for n, line in enumerate(lines):
        if n % 2:
            benchmark.dropouts(line, np.random.default_rng(n), None)
    benchmark.write_copy(lines, tmp_path / "holes")
    diagnosis = diagnose(tmp_path / "holes", quick=True, workers=1)
    assert "dropouts" in diagnosis.survey.not_judged
    assert not any(f.check.name == "dropouts" for f in diagnosis.findings)
    untold = next(aspect for aspect in diagnosis.verdict.aspects if aspect.name == "Untold")
    assert untold.words == "holes in the sound, as so many recordings fall silent all at once."
