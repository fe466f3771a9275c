"""What stands out among the recordings of one corpus."""

from collections import Counter, defaultdict

import numpy as np

from parakeet.diagnosis.findings import FIX, LISTEN, Case, Check

NARROW = 0.85
"""Share of the bandwidth usual in the corpus under which a recording is narrow; 3 of the clean corpora's recordings are."""
LEVEL = 9.0
"""dB from the speaker's usual level: some three times as loud. The clean corpora keep within 8.4."""
PACE, PACE_SPREADS = 1.5, 5.0
"""A text takes this many times its usual time, or its usual time this many times, and stands out by so many standard deviations (estimated
from the median deviation among texts of like length: short ones vary more)."""
SHORTEST = 10
"""Sounds a text must have for its pace, or its match, to be judged for sure."""


def spread(values):
    """Give median and standard deviation, the latter from the median deviation, so that outliers don't hide one another."""
    middle = float(np.median(values))
    return middle, 1.4826 * float(np.median(np.abs(np.asarray(values) - middle)))


def usual_rate(survey):
    """int | None: the sample rate of most recordings, Hz."""
    rates = Counter(u.sound.sample_rate for u in survey.utterances if u.sound is not None)
    return max(rates, key=lambda rate: (rates[rate], rate)) if rates else None


def usual_bandwidth(survey):
    """float | None: up to which frequency the recordings usually have sound, Hz."""
    return float(np.median([u.sound.bandwidth for u in survey.heard])) if survey.heard else None


def mixed_rates(survey):
    """Recordings at another sample rate than most."""
    usual = usual_rate(survey)
    for u in survey.utterances:
        if u.sound is not None and u.sound.sample_rate != usual:
            yield Case(
                u.utt_id, f"recorded at {u.sound.sample_rate} Hz, most are at {usual} Hz", usual / u.sound.sample_rate
            )


def narrow(survey):
    """Recordings without the high sounds that the others have, whatever their sample rate says."""
    usual = usual_bandwidth(survey)
    for u in survey.heard:
        # A recording at a lower rate can't have more; that is told as its rate.
        if u.sound.bandwidth < NARROW * min(usual, u.sound.sample_rate / 2):
            detail = f"nothing above {u.sound.bandwidth} Hz; most have sound up to {usual:.0f} Hz"
            yield Case(u.utt_id, detail, usual / u.sound.bandwidth)


def level_outliers(survey):
    """Recordings far louder or quieter than their speaker's others."""
    groups = defaultdict(list)
    for u in survey.heard:
        groups[u.speaker].append(u)
    for group in groups.values():
        usual = float(np.median([u.sound.level for u in group]))
        for u in group:
            difference = u.sound.level - usual
            if abs(difference) > LEVEL:
                detail = f"{abs(difference):.0f} dB {'louder' if difference > 0 else 'quieter'} than the speaker's others ({usual:.0f} dB)"
                yield Case(u.utt_id, detail, abs(difference))


def expected_seconds(counts, seconds):
    """Tell how long texts of so many sounds usually take: a line through medians, so that outliers don't bend it.

    Args:
        counts (ndarray): (N,) sounds of each text.
        seconds (ndarray): (N,) of its speech.

    Returns:
        ndarray: (N,) seconds.
    """
    order = np.argsort(counts, kind="stable")
    groups = np.array_split(order, max(1, min(20, len(order) // 10)))
    x = np.array([np.median(counts[g]) for g in groups])
    y = np.array([np.median(seconds[g]) for g in groups])
    i, j = np.triu_indices(len(x), 1)
    apart = x[j] > x[i]
    slope = (
        float(np.median((y[j] - y[i])[apart] / (x[j] - x[i])[apart]))
        if apart.any()
        else float(np.median(seconds / counts))
    )
    base = float(np.median(y - slope * x))
    return np.maximum(base + slope * counts, 0.02 * counts)  # nobody speaks 50 sounds a second


def paces(survey):
    """Compare the time of each text with what the speaker's others lead to expect.

    Args:
        survey (Survey): examined.

    Returns:
        list[tuple[Utterance, float, float]]: each with the ratio of the time it takes to the expected one, and by how many standard
        deviations that stands out.
    """
    groups = defaultdict(list)
    for u in survey.heard:
        if u.reading is not None and len(u.reading.phones) >= SHORTEST:
            groups[u.speaker].append(u)
    found = []
    for group in groups.values():
        if len(group) < 20:
            continue
        counts = np.array([len(u.reading.phones) for u in group], float)
        # From the first sound to the last: a pause inside belongs to the manner of the speaker.
        seconds = np.array([u.sound.seconds - u.sound.lead - u.sound.trail for u in group])
        ratios = seconds / expected_seconds(counts, seconds)
        deviations = np.log(ratios)
        order = np.argsort(counts, kind="stable")
        scale = np.empty(len(group))
        for like in np.array_split(order, max(1, len(order) // 50)):
            scale[like] = max(spread(deviations[like])[1], 0.03)
        found += [(u, float(r), float(abs(d) / s)) for u, r, d, s in zip(group, ratios, deviations, scale, strict=True)]
    return found


def odd_pace(survey):
    """Recordings far slower or faster than their text leads to expect."""
    for u, ratio, spreads in paces(survey):
        if max(ratio, 1 / ratio) > PACE and spreads > PACE_SPREADS:
            phones = len(u.reading.phones)
            longer = f"{ratio:.1f} times as long as" if ratio > 1 else f"only {ratio:.0%} of the time"
            yield Case(u.utt_id, f"takes {longer} its {phones} sounds usually take", max(ratio, 1 / ratio))


CHECKS = (
    Check(
        "rate", "Another sample rate", FIX,
        "A lower rate has no high sounds: the voice learns to be dull now and then. Prepare refuses rates under mel.sample_rate.",
        "Find the originals at the full rate; or prepare all at the lowest rate (mel.sample_rate, mel.fmax); or leave these out.",
        mixed_rates,
    ),
    Check(
        "bandwidth", "High sounds missing", FIX,
        "Recorded or stored at a lower quality (a telephone, a strong compression) and blown up afterwards, they make the voice dull.",
        "Find the originals, or leave these out. Resampling can't bring back what was not recorded.",
        narrow,
    ),
    Check(
        "level", "Far louder or quieter", LISTEN,
        "Prepare brings all to one loudness; but the noise comes up with a quiet voice, and another may be shouted or whispered.",
        "Listen whether the voice is the same. If only the level differs, nothing needs to be done.",
        level_outliers,
    ),
    Check(
        "pace", "Too slow or fast for its text", LISTEN,
        "Far too long or too short for the text: words are missing from one of the two, or a long noise is taken for speech.",
        "Listen, and make the text say exactly what is spoken.",
        odd_pace,
    ),
)  # fmt: skip
