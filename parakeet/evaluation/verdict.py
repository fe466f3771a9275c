"""What the figures come to: a sentence for each thing people ask of a voice, and whether it is good, fair or poor."""

from typing import NamedTuple

from parakeet.evaluation.terminal import in_words, show

GOOD, FAIR, POOR, OPEN = "good", "fair", "poor", "open"
UNDERSTOOD = (10, 30)
"""Points of word error above the recordings up to which a voice is understood well, and fairly."""
FAST = (0.1, 1.0)
"""Real-time factors up to which a voice is quick, and keeps up with itself."""


_SAID = {True: "better", False: "worse", None: "no difference that can be told"}
_STATES = {True: GOOD, False: POOR, None: FAIR}


class Aspect(NamedTuple):
    """One thing people ask of a voice.

    Attributes:
        name (str): in a word.
        state (str): "good", "fair" or "poor"; "open" where there is nothing to hold it against.
        words (str): what was found, in a sentence.
    """

    name: str
    state: str
    words: str


def judge(report):
    """Judge a report.

    Args:
        report (dict): as :func:`parakeet.evaluation.report.to_report` makes it.

    Returns:
        tuple[str, list[Aspect]]: a headline, and what it rests on; only what was measured is judged.
    """
    aspects = [aspect for judged in (_understood, _sound, _vocoder, _likeness, _speed) if (aspect := judged(report)) is not None]
    wer = figure(report, "wer_moonshine", "voice")
    mos = figure(report, "dnsmos_overall", "voice")
    if wer is not None:
        headline = f"{max(0.0, 100 - wer['value']):.0f} of 100 words are understood."
    elif mos is not None:
        headline = f"It sounds like {mos['value']:.1f} of 5."
    else:
        headline = f"{len(report['measures'])} figures, beside their anchors."
    return headline, aspects


def figure(report, measure, condition):
    """dict | None: a figure of a report, with ``value``, ``low``, ``high`` and ``n``; None where it wasn't measured."""
    return report["measures"].get(measure, {}).get("conditions", {}).get(condition)


def difference(report, measure, one, other):
    """dict | None: the difference of two conditions, likewise."""
    found = report["measures"].get(measure, {}).get("differences", ())
    return next((entry for entry in found if (entry["of"], entry["less"]) == (one, other)), None)


def better(entry, higher_is_better):
    """bool | None: whether a difference is for the better; None where its interval holds 0, so that it can't be told."""
    if entry["low"] is None or entry["low"] <= 0 <= entry["high"]:
        return None
    return (entry["value"] > 0) == higher_is_better


def _understood(report):
    measure = next((name for name in ("wer_moonshine", "wer_sphinx") if figure(report, name, "voice")), None)
    if measure is None:
        return None
    voice, recorded = figure(report, measure, "voice"), figure(report, measure, "recording")
    above = voice["value"] - (recorded["value"] if recorded is not None else 0.0)
    anchor = f"; of the recordings {recorded['value']:.1f} %" if recorded is not None else ""
    words = f"{voice['value']:.1f} % of the words are misunderstood{_interval(voice, 1)}{anchor}."
    return Aspect("Understood", GOOD if above <= UNDERSTOOD[0] else FAIR if above <= UNDERSTOOD[1] else POOR, words)


def _sound(report):
    voice, against = figure(report, "dnsmos_overall", "voice"), difference(report, "dnsmos_overall", "voice", "griffin_lim")
    if voice is None:
        return None
    if against is None:
        return Aspect("Sound", OPEN, f"DNSMOS {voice['value']:.2f} of 5{_interval(voice, 2)}, without recordings to compare with.")
    recorded = figure(report, "dnsmos_overall", "recording")
    verdict = better(against, True)
    words = (
        f"DNSMOS {voice['value']:.2f} of 5, recordings {recorded['value']:.2f}; against Griffin-Lim copies of the recordings "
        f"{_signed(against)}: {_SAID[verdict]}."
    )
    return Aspect("Sound", _STATES[verdict], words)


def _vocoder(report):
    found = [
        (title, entry)
        for name, title in (("dnsmos_overall", "DNSMOS"), ("pesq", "PESQ"))
        if (entry := difference(report, name, "copy", "griffin_lim")) is not None
    ]
    if not found:
        return None
    verdicts = {better(entry, True) for _, entry in found}
    figures = ", ".join(f"{title} {_signed(entry)}" for title, entry in found)
    verdict, said = None, "the two measures disagree"
    if len(verdicts) == 1:
        verdict = verdicts.pop()
        said = _SAID[verdict]
    return Aspect("Vocoder", _STATES[verdict], f"Its copies of recordings against Griffin-Lim's: {figures}: {said}.")


def _likeness(report):
    voice, wrong = figure(report, "mcd", "voice"), figure(report, "mcd", "wrong_text")
    if voice is None or wrong is None:
        return None
    nearest = next(found for name in ("copy", "griffin_lim") if (found := figure(report, "mcd", name)) is not None)
    share = (voice["value"] - nearest["value"]) / max(wrong["value"] - nearest["value"], 1e-9)
    words = (
        f"Mel-cepstral distortion {voice['value']:.1f} dB{_interval(voice, 1)}, between {nearest['value']:.1f} of copies "
        f"and {wrong['value']:.1f} of a wrong text."
    )
    return Aspect("Likeness", GOOD if share <= 0.5 else FAIR if share <= 0.8 else POOR, words)


def _speed(report):
    found = figure(report, "real_time_factor", "voice")
    if found is None:
        return None
    threads = report["speed"]["threads"]
    rate = 1 / max(found["value"], 1e-9)
    times = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
    words = f"Real-time factor {found['value']:.3f}{_interval(found, 3)}: {times} times as fast as it speaks, {in_words(threads)}."
    return Aspect("Speed", GOOD if found["value"] <= FAST[0] else FAIR if found["value"] < FAST[1] else POOR, words)


def _interval(entry, digits):
    return "" if entry["low"] is None else f" [{entry['low']:.{digits}f}, {entry['high']:.{digits}f}]"


def _signed(entry):
    return show(entry, 2, sign=True).strip()
