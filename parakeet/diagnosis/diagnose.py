"""``parakeet doctor DATA``: measure a corpus, judge it, and say what to do."""

from typing import NamedTuple

from parakeet.diagnosis.checks import consistency, recordings, texts, whole
from parakeet.diagnosis.coverage import cover
from parakeet.diagnosis.findings import FIX, LISTEN, judge
from parakeet.diagnosis.survey import examine, match_all, open_data
from parakeet.diagnosis.twins import find_twins
from parakeet.diagnosis.verdict import reach_verdict

CHECKS = (*recordings.CHECKS, *consistency.CHECKS, *texts.CHECKS, *whole.CHECKS)


class Diagnosis(NamedTuple):
    """Everything that was found out.

    Attributes:
        survey (Survey): what was measured.
        source (Source): the recordings themselves.
        findings (list[Finding]): what is wrong, what matters most first.
        coverage (Coverage | None): the sounds; None where no text could be read.
        verdict (Verdict): in plain words.
    """

    survey: object
    source: object
    findings: list
    coverage: object
    verdict: object

    @property
    def exit_code(self):
        """int: 1 if something has to be mended, or this is too little to train on; else 0."""
        return int(self.verdict.blocking or any(finding.check.grade == FIX for finding in self.findings))

    @property
    def flagged(self):
        """set[str]: the utterances with something to mend or to listen to."""
        return {case.utt_id for f in self.findings if f.check.grade in (FIX, LISTEN) for case in f.cases}


def diagnose(directory, quick=False, workers=None, progress=None, layout=None, language=None):
    """Examine a corpus.

    Nothing is written. The result depends on the recordings and texts alone, not on the number of processes.

    Args:
        directory (str | Path): a corpus of any layout, or a folder that ``parakeet prepare`` made.
        quick (bool): don't match recordings with their texts, which takes most of the time.
        workers (int, optional): processes; one for each core when None.
        progress (Callable, optional): called with (what, done, total).
        layout, language (str, optional): as :func:`parakeet.datasets.layouts.open_corpus` takes them.

    Returns:
        Diagnosis: all that was found.

    Raises:
        DataError: if there is no corpus; a broken recording is no error but a finding.
    """
    survey, source = open_data(directory, layout, language)
    examine(survey, source, workers, progress)
    find_twins(survey, source, workers, progress)
    if quick:
        survey.not_judged["match"] = "that was left out (--quick)"
    else:
        match_all(survey, source, workers, progress)
    survey.not_judged.update(recordings.manners(survey))
    findings = judge(survey, CHECKS)
    coverage = cover(survey)
    return Diagnosis(survey, source, findings, coverage, reach_verdict(survey, findings, coverage))
