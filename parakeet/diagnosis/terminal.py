"""The diagnosis in a terminal: short, and as json."""

import textwrap

from parakeet.diagnosis.findings import FIX, LISTEN, NOTE, in_words

WIDTH = 110
EXAMPLES = {FIX: 2, LISTEN: 1, NOTE: 0}
_HEADINGS = {FIX: "To mend, what matters most first:", LISTEN: "To listen to:", NOTE: "Good to know:"}


def render(diagnosis):
    """Lay a diagnosis out as plain text; why each finding matters, and all its cases, are on the page.

    Args:
        diagnosis (Diagnosis): as :func:`parakeet.diagnosis.diagnose.diagnose` gives it.

    Returns:
        str: the verdict, its reasons, and the findings with an example or two.
    """
    survey, verdict = diagnosis.survey, diagnosis.verdict
    seconds = sum(u.sound.seconds for u in survey.utterances if u.sound is not None)
    lines = [f"{survey.name}: {len(survey.utterances)} recordings, {in_words(seconds)}", "", verdict.headline]
    for aspect in verdict.aspects:
        lines += textwrap.wrap(
            f"  {aspect.state:<5} {aspect.name:<10} {aspect.words}", WIDTH, subsequent_indent=" " * 19
        )
    for grade, heading in _HEADINGS.items():
        findings = [f for f in diagnosis.findings if f.check.grade == grade]
        lines += ["", heading] if findings else []
        for place, finding in enumerate(findings, 1):
            lines += _finding(f"{place}." if grade == FIX else "-", finding)
    return "\n".join(lines)


def _finding(mark, finding):
    lines = [f"  {mark} {finding.check.title}: {finding.extent}"]
    indent = " " * (3 + len(mark))
    for case in finding.cases[: EXAMPLES[finding.check.grade]]:
        lines.append(
            indent + textwrap.shorten(f"{case.utt_id}: {case.detail}", WIDTH - len(indent), placeholder=" ...")
        )
    if finding.check.grade == FIX:
        lines += textwrap.wrap(
            f"-> {finding.check.remedy}", WIDTH, initial_indent=indent, subsequent_indent=indent + "   "
        )
    return lines


def as_json(diagnosis):
    """Give a diagnosis as what json can hold, for programs.

    Args:
        diagnosis (Diagnosis): as :func:`parakeet.diagnosis.diagnose.diagnose` gives it.

    Returns:
        dict: ``verdict``, ``findings`` with all cases, ``sounds``, ``not_judged`` and ``recordings`` with what was measured.
    """
    survey, verdict, coverage = diagnosis.survey, diagnosis.verdict, diagnosis.coverage
    return {
        "corpus": {
            "name": survey.name,
            "language": survey.language,
            "prepared": survey.prepared,
            "utterances": len(survey.utterances),
        },
        "verdict": {
            "state": verdict.state,
            "headline": verdict.headline,
            "usable_seconds": round(verdict.usable_seconds, 2),
            "aspects": [aspect._asdict() for aspect in verdict.aspects],
        },
        "exit_code": diagnosis.exit_code,
        "findings": [
            {
                "check": f.check.name,
                "title": f.check.title,
                "grade": f.check.grade,
                "seconds": round(f.seconds, 2),
                "why": f.check.why,
                "remedy": f.check.remedy,
                "cases": [case._asdict() for case in f.cases],
            }
            for f in diagnosis.findings
        ],
        "sounds": None
        if coverage is None
        else {
            "counts": coverage.counts,
            "missing": coverage.missing,
            "rare": coverage.rare,
            "record": coverage.sentences,
        },
        "not_judged": survey.not_judged,
        "recordings": [_measured(u) for u in survey.utterances],
    }


_MEASURED = (
    "seconds",
    "sample_rate",
    "channels",
    "peak",
    "level",
    "snr",
    "speech_seconds",
    "lead",
    "trail",
    "pause",
    "bandwidth",
)


def _measured(utterance):
    values = {"utt_id": utterance.utt_id, "split": utterance.split, "speaker": utterance.speaker}
    if utterance.sound is not None:
        values |= {name: round(getattr(utterance.sound, name), 4) for name in _MEASURED}
    if utterance.fit is not None:
        values["fit"] = utterance.fit.score
    return values
