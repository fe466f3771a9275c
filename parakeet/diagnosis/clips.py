"""What the page lets one hear and see of a recording: a short sound and a picture of its spectrum, both inside the page."""

from typing import NamedTuple

from parakeet.diagnosis.findings import NOTE
from parakeet.errors import ParakeetError
from parakeet.pages.media import sound_address, spectrum_address

MOST, MOST_OF_ONE = 40, 8
"""How many clips a page holds, and how many of one finding: some 4 MB, an hour's listening for nobody."""
SECONDS = 8.0
"""The longest clip; of a longer recording the part around the fault."""
RATE = 16000


class Clip(NamedTuple):
    """One recording on the page.

    Attributes:
        utterance (Utterance): of it.
        cases (list[tuple[Finding, Case]]): what was found in it, the worst first.
        audio, picture (str): data addresses; the empty string where the recording can't be read.
        start, seconds (float): which part of the recording it is.
        top (int): Hz at the upper edge of the picture.
    """

    utterance: object
    cases: list
    audio: str
    picture: str
    start: float
    seconds: float
    top: int


def choose(findings, most=MOST, most_of_one=MOST_OF_ONE):
    """Choose what to listen to: of each finding the worst cases, in turns, so that every finding has some.

    Args:
        findings (list[Finding]): in the order of the report.
        most, most_of_one (int): clips in all, and of one finding.

    Returns:
        list[str]: names of utterances; those of one finding stay together.
    """
    finding_of = {}
    for place in range(most_of_one):
        for number, finding in enumerate(findings):
            if place < len(finding.cases):
                case = finding.cases[place]
                for name in (case.other, case.utt_id) if case.other is not None else (case.utt_id,):
                    finding_of.setdefault(name, number)
    kept = list(finding_of)[:most]
    return sorted(kept, key=lambda name: (finding_of[name], kept.index(name)))


def make_clips(diagnosis):
    """Cut the clips of a diagnosis.

    Args:
        diagnosis (Diagnosis): of a corpus or prepared data.

    Returns:
        list[Clip]: in the order of the findings.
    """
    utterances = {u.utt_id: u for u in diagnosis.survey.utterances if u.sound is not None}
    cases = {}
    for finding in diagnosis.findings:
        for case in finding.cases:
            for name in dict.fromkeys((case.utt_id, case.other or case.utt_id)):
                cases.setdefault(name, []).append((finding, case))
    # What is only good to know is not worth an ear, but for texts that may have been spoken otherwise.
    worth = [f for f in diagnosis.findings if f.check.grade != NOTE or f.check.name in ("digits", "guessed")]
    chosen = [name for name in choose(worth) if name in utterances]
    return [_clip(utterances[name], cases[name], diagnosis.source) for name in chosen]


def _clip(utterance, cases, source):
    try:
        wav, rate = source.mono(utterance)
    except ParakeetError:  # it was there a minute ago
        return Clip(utterance, cases, "", "", 0.0, 0.0, 0)
    at = next((case.at for _, case in cases if case.at is not None), 0.0)
    start = min(max(0.0, at - SECONDS / 3), max(0.0, len(wav) / rate - SECONDS))
    wav = wav[round(start * rate) : round((start + SECONDS) * rate)]
    return Clip(utterance, cases, sound_address(wav, rate, RATE), spectrum_address(wav, rate), start, len(wav) / rate, rate // 2)

