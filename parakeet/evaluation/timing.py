"""How far the timing of one utterance is from another's."""

import numpy as np

from parakeet.errors import DataError


def duration_error(phones, seconds, other_phones, other_seconds):
    """How far the phones of two utterances differ in length, on average.

    Args:
        phones, other_phones (Sequence[str]): symbols, pauses among them.
        seconds, other_seconds (ndarray): (S,) how long each lasts.

    Returns:
        tuple[float, int]: the sum over the symbols of the absolute differences, in seconds, and how many there are; (0.0, 0) where the
        symbols of the two are not the same: then nothing can be said phone by phone.

    Raises:
        DataError: if phones and seconds are not of one length.
    """
    if len(phones) != len(seconds) or len(other_phones) != len(other_seconds):
        raise DataError(
            f"duration_error: expected a duration for each phone, received {len(seconds)} for {len(phones)} "
            f"and {len(other_seconds)} for {len(other_phones)}"
        )
    if list(phones) != list(other_phones):
        return 0.0, 0
    return float(np.abs(np.asarray(seconds, np.float64) - np.asarray(other_seconds, np.float64)).sum()), len(phones)


def length_error(seconds, other_seconds):
    """By which share an utterance is longer or shorter than another: float, at least 0; 0.1 is ten per cent of the other."""
    if not other_seconds > 0:
        raise DataError(f"length_error: expected a length above 0 to compare with, received {other_seconds}")
    return abs(seconds - other_seconds) / other_seconds
