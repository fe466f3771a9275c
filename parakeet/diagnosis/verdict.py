"""Will this train? In plain words, aspect by aspect."""

from typing import NamedTuple

import numpy as np

from parakeet.diagnosis.checks.consistency import usual_bandwidth, usual_rate
from parakeet.diagnosis.checks.recordings import NOISY
from parakeet.diagnosis.checks.texts import guessed_words
from parakeet.diagnosis.checks.whole import speaker_seconds
from parakeet.diagnosis.findings import FIX, in_words

GOOD, FAIR, POOR = "good", "fair", "poor"
OPEN = "open"
"""The state of what could not be judged; the verdict is reached without it."""

LEAST_MINUTES = 1.0
"""Minutes of usable speech under which there is nothing to train on."""
AMOUNTS = (
    (10, POOR, "enough to try the tools, or to adapt a voice that is trained already, not for a voice of its own"),
    (30, FAIR, "enough for a voice that reads sentences like the recorded ones; on others it will stumble"),
    (180, GOOD, "enough for a voice that can be understood on any text; more makes it livelier"),
    (float("inf"), GOOD, "plenty for a voice"),
)
"""Minutes up to which each statement holds. Allison's 24 minutes give a voice that is understood within its field; the usual corpora of one
speaker have 10 to 24 hours."""
FULL_BAND = 0.75
"""Share of the highest possible frequency that recordings at an honest sample rate reach."""
FEW_SHARE, BAD_SHARE, HOPELESS_SHARE = 0.01, 0.05, 0.5
"""Shares of the recordings that need mending: up to the first nobody will hear it, up to the second the rest carries it, from the third on
there is too little to learn from."""


class Aspect(NamedTuple):
    """One side of a corpus: its ``name``, its ``state`` (good, fair, poor or open), and what there is to say."""

    name: str
    state: str
    words: str


class Verdict(NamedTuple):
    """What to expect.

    Attributes:
        state (str): good, fair or poor.
        headline (str): will this train?
        aspects (list[Aspect]): why.
        blocking (bool): there is nothing to train on.
        usable_seconds (float): speech for training that nothing is wrong with.
    """

    state: str
    headline: str
    aspects: list
    blocking: bool
    usable_seconds: float


def reach_verdict(survey, findings, coverage):
    """Put the findings together.

    Args:
        survey (Survey): examined.
        findings (list[Finding]): of all checks.
        coverage (Coverage | None): the sounds.

    Returns:
        Verdict: in plain words.
    """
    spoiled = {case.utt_id for f in findings if f.check.grade == FIX for case in f.cases}
    training = [u for u in survey.heard if u.split == "train"]
    usable = sum(u.sound.speech_seconds for u in training if u.utt_id not in spoiled)
    bad = _bad_share(survey, spoiled)
    measured = "recordings" not in survey.not_judged
    aspects = [_amount(survey, usable)] if measured else []
    aspects += [
        aspect
        for aspect in (
            _to_mend(survey, spoiled),
            _noise(survey),
            _band(survey),
            _texts(survey, findings),
            _sounds(coverage),
            _held_out(survey),
        )
        if aspect is not None
    ]
    manners = [reason for name, reason in survey.not_judged.items() if name in ("dropouts", "begins", "ends")]
    if manners:
        aspects.append(Aspect("Untold", OPEN, f"{'; '.join(manners)}."))
    blocking = (measured and usable < 60 * LEAST_MINUTES) or bad > HOPELESS_SHARE
    states = [aspect.state for aspect in aspects]
    if blocking:
        state, headline = POOR, "This will not train yet."
    elif measured and aspects[0].state == POOR:
        state, headline = POOR, "This is too little for a voice of its own."
    elif bad > BAD_SHARE:
        state, headline = FAIR, "This will train, but mend it first: too much of it would teach faults."
    elif FAIR in states or POOR in states:
        state, headline = FAIR, "This will train; some of it can be better."
    else:
        state, headline = GOOD, "This will train well."
    return Verdict(state, headline, aspects, blocking, usable)


def _bad_share(survey, spoiled):
    names = {u.utt_id for u in survey.utterances} | {
        record["utt_id"] for record in ([] if survey.built else survey.rejected)
    }
    return len(spoiled & names) / max(1, len(names))


def _amount(survey, usable):
    total = sum(u.sound.speech_seconds for u in survey.heard)
    speakers = len(speaker_seconds(survey))
    state, words = next((state, words) for minutes, state, words in AMOUNTS if usable < 60 * minutes)
    of = f"{in_words(total)} of speech" + (f" by {speakers} speakers" if speakers > 1 else "")
    return Aspect("Amount", state, f"{of}, {in_words(usable)} of it for training and without fault: {words}.")


def _to_mend(survey, spoiled):
    n, total = len(spoiled), len(survey.utterances) + (0 if survey.built else len(survey.rejected))
    if not n:
        return Aspect("Faults", GOOD, f"none of {total} recordings has to be mended.")
    return Aspect(
        "Faults",
        GOOD if n <= FEW_SHARE * total else FAIR if n <= BAD_SHARE * total else POOR,
        f"{n} of {total} recordings ({n / total:.1%}) should be mended or left out.",
    )


def _noise(survey):
    if not survey.heard:
        return None
    ratio = float(np.median([u.sound.snr for u in survey.heard]))
    if ratio < NOISY:
        return Aspect(
            "Noise",
            POOR,
            f"{ratio:.0f} dB under the voice: the voice will hiss. Denoise all recordings alike, or record in a quieter room.",
        )
    state, words = (FAIR, "it will be heard in quiet places") if ratio < 25 else (GOOD, "quiet")
    return Aspect("Noise", state, f"{ratio:.0f} dB under the voice in most recordings: {words}.")


def _band(survey):
    rate, band = usual_rate(survey), usual_bandwidth(survey)
    if band is None:
        return None
    if band >= FULL_BAND * rate / 2:
        return Aspect("Bandwidth", GOOD, f"sound up to {band / 1000:g} kHz, as recordings at {rate} Hz should have.")
    honest = next(r for r in (8000, 11025, 16000, 22050, 24000, 32000, 44100, rate) if r >= 2 * band or r >= rate)
    advice = (
        f"prepare with mel.sample_rate={honest} mel.fmax={honest // 2}"
        if honest < rate
        else f"prepare with mel.fmax={band:.0f}"
    )
    return Aspect("Bandwidth", FAIR, f"nothing above {band / 1000:g} kHz, although stored at {rate} Hz: {advice}.")


def _texts(survey, findings):
    matched = [u for u in survey.utterances if u.fit is not None]
    wrong = next((len(f.cases) for f in findings if f.check.name == "mismatch"), 0)
    unknown = guessed_words(survey)
    guesses = f" {len(unknown)} words are not in the dictionary." if unknown else ""
    if not matched:
        return Aspect(
            "Texts",
            OPEN,
            f"not compared with the recordings: {survey.not_judged.get('match', 'nothing to compare')}.{guesses}",
        )
    state = GOOD if wrong <= FEW_SHARE * len(matched) else FAIR if wrong <= BAD_SHARE * len(matched) else POOR
    return Aspect("Texts", state, f"{len(matched) - wrong} of {len(matched)} recordings say their text.{guesses}")


def _sounds(coverage):
    if coverage is None:
        return None
    n = len(coverage.counts) - len(coverage.missing)
    if coverage.missing:
        return Aspect(
            "Sounds",
            POOR,
            f"{', '.join(coverage.missing)} never occur{'s' if len(coverage.missing) == 1 else ''}: words that need them will be wrong.",
        )
    if coverage.rare and coverage.complete:
        rare = ", ".join(f"{sound} ({coverage.counts[sound]} times)" for sound in coverage.rare[:6])
        return Aspect("Sounds", FAIR, f"all {n} occur, but too rarely to be learnt for sure: {rare}.")
    all_of_them = f"all {n} of the language occur" if coverage.complete else f"{n} different ones occur"
    return Aspect("Sounds", GOOD, f"{all_of_them}, the rarest {min(coverage.counts.values())} times.")


def _held_out(survey):
    counts = {split: sum(u.split == split for u in survey.utterances) for split in ("train", "valid", "test")}
    words = ", ".join(f"{n} {split}" for split, n in counts.items())
    if not counts["train"]:
        return Aspect("Splits", POOR, f"{words}: nothing is for training.")
    if not counts["valid"]:
        return Aspect("Splits", FAIR, f"{words}: without validation nobody sees when training should end.")
    return Aspect("Splits", GOOD, f"{words}.")
