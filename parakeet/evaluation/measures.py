"""The figures of a report card: what each is called, in what it is counted, and which way is better."""

from typing import NamedTuple

from parakeet.errors import DataError, MissingDependencyError, nearest


class Measure(NamedTuple):
    """One figure.

    Attributes:
        group (str): what it is chosen by, a key of :data:`GROUPS`.
        title (str): its name for people.
        unit (str): of its values as they are shown; the empty string for a bare number.
        scale (float): what a stored value is multiplied with to be in that unit.
        digits (int): decimals shown.
        higher_is_better (bool): which way is better.
        meaning (str): what it says, in a sentence.
    """

    group: str
    title: str
    unit: str
    scale: float
    digits: int
    higher_is_better: bool
    meaning: str


class Group(NamedTuple):
    """Measures that are chosen together.

    Attributes:
        meaning (str): one line for people.
        english_only (bool): whether it understands English alone.
        needs_recordings (bool): whether it says something only beside recordings.
    """

    meaning: str
    english_only: bool = False
    needs_recordings: bool = False


GROUPS = {
    "moonshine": Group("word and character error rate, any word (Moonshine)", english_only=True),
    "sphinx": Group("the same, knowing the corpus' sentences (pocketsphinx)", english_only=True, needs_recordings=True),
    "dnsmos": Group("estimated opinions of listeners (DNSMOS)"),
    "pesq": Group("copies held against their recordings (PESQ)", needs_recordings=True),
    "spectrum": Group("mel-cepstral distortion", needs_recordings=True),
    "pitch": Group("melody and voicing", needs_recordings=True),
    "timing": Group("lengths of phones and sentences", needs_recordings=True),
    "speed": Group("real-time factor"),
}

_WORDS = "share of the words that are wrong, missing or too many, as {who} hears it"
_LETTERS = "the same letter by letter: a word half right counts half"
MEASURES = {
    "wer_moonshine": Measure(
        "moonshine", "Word error rate", "%", 100, 1, False, _WORDS.format(who="a recogniser that knows any English word")
    ),
    "cer_moonshine": Measure("moonshine", "Character error rate", "%", 100, 1, False, _LETTERS),
    "wer_sphinx": Measure(
        "sphinx", "Word error rate, known texts", "%", 100, 1, False, _WORDS.format(who="a recogniser that knows the corpus' sentences")
    ),
    "cer_sphinx": Measure("sphinx", "Character error rate, known texts", "%", 100, 1, False, _LETTERS),
    "dnsmos_overall": Measure("dnsmos", "DNSMOS overall", "of 5", 1, 2, True, "listeners' opinion of the whole, estimated"),
    "dnsmos_signal": Measure("dnsmos", "DNSMOS speech", "of 5", 1, 2, True, "of the speech itself"),
    "dnsmos_background": Measure("dnsmos", "DNSMOS background", "of 5", 1, 2, True, "of the noise around it; higher is quieter"),
    "dnsmos_p808": Measure("dnsmos", "DNSMOS P.808", "of 5", 1, 2, True, "of the whole, by another network"),
    "pesq": Measure("pesq", "PESQ, wideband", "of 4.64", 1, 2, True, "how much worse a copy sounds than its recording"),
    "mcd": Measure("spectrum", "Mel-cepstral distortion", "dB", 1, 2, False, "how far the sound is from the recording's, timing aside"),
    "log_f0_rmse": Measure("pitch", "Pitch error (log-F0 RMSE)", "semitones", 1, 2, False, "how far the melody is from the recording's"),
    "voicing_error": Measure("pitch", "Voicing errors", "%", 100, 1, False, "moments voiced in one and unvoiced in the other"),
    "phone_duration_error": Measure(
        "timing", "Phone duration error", "ms", 1000, 1, False, "how far each phone's length is from the recorded one"
    ),
    "length_error": Measure("timing", "Length error", "%", 100, 1, False, "how far the sentence's length is from the recorded one"),
    "real_time_factor": Measure("speed", "Real-time factor", "", 1, 3, False, "seconds of work for a second of sound"),
}
"""In the order of every table."""


class LeftOut(NamedTuple):
    """A group that isn't measured, and why."""

    group: str
    reason: str


def told(left_out):
    """list[str]: what was left out, a line for each reason."""
    reasons = {}
    for group, reason in left_out:
        reasons.setdefault(reason, []).append(group)
    return [f"{', '.join(groups)}: {reason}" for reason, groups in reasons.items()]


def choose(wanted, english, recordings):
    """Choose what to measure: what was asked for, can be said of this speech, and is installed.

    Args:
        wanted (Iterable[str] | None): keys of :data:`GROUPS`; None for all.
        english (bool): whether English is spoken.
        recordings (bool): whether there are recordings to compare with.

    Returns:
        tuple[list[str], list[LeftOut]]: groups to be measured, and the others that were asked for.

    Raises:
        DataError: if a group isn't known, or nothing is left.
    """
    groups = list(GROUPS) if wanted is None else list(dict.fromkeys(wanted))
    for group in groups:
        if group not in GROUPS:
            raise DataError(f"unknown measure '{group}'; there are {', '.join(GROUPS)}.{nearest(group, GROUPS)}")
    left_out = [LeftOut(group, reason) for group in groups if (reason := _why_not(group, english, recordings)) is not None]
    chosen = [group for group in groups if group not in {out.group for out in left_out}]
    if not chosen:
        raise DataError("nothing can be measured: " + " ".join(told(left_out)))
    return chosen, left_out


def _why_not(group, english, recordings):
    if GROUPS[group].english_only and not english:
        return "English alone."
    if GROUPS[group].needs_recordings and not recordings:
        return "only beside the recordings of a corpus (DATA)."
    try:
        _LOADERS.get(group, lambda: None)()
    except MissingDependencyError as error:
        return str(error)
    return None


def _load_moonshine():
    from parakeet.evaluation.moonshine import MoonshineRecognizer

    MoonshineRecognizer()


def _load_sphinx():
    from parakeet.requirements import require

    require("pocketsphinx", "eval", "Recognising speech")


def _load_dnsmos():
    from parakeet.evaluation.quality import load_dnsmos

    load_dnsmos()


def _load_pesq():
    from parakeet.evaluation.quality import load_pesq

    load_pesq()


_LOADERS = {"moonshine": _load_moonshine, "sphinx": _load_sphinx, "dnsmos": _load_dnsmos, "pesq": _load_pesq}
