"""Samples as codes: mu-law companding, by which a sample becomes one of a few hundred classes."""

import numpy as np

from parakeet.errors import AudioError


def mu_law_encode(wav, classes=256):
    """The codes of samples (ITU-T G.711's companding; WaveNet, arXiv:1609.03499, sec. 2.2): quiet ones are told apart more finely.

    Args:
        wav (ndarray): floats in [-1, 1], any shape; what lies beyond is cut off.
        classes (int): how many codes there are, 2 at least.

    Returns:
        ndarray: int64, of the same shape, from 0 to ``classes - 1``; of 256 classes -1, 0 and 1 are 0, 128 and 255.

    Raises:
        AudioError: if there is a sample that is no number, or there are fewer than two classes.
    """
    wav, mu = np.asarray(wav), _mu(classes)
    if not np.isfinite(wav).all():
        raise AudioError("mu_law_encode: expected samples in [-1, 1], received some that are not finite. See where they were made.")
    wav = np.clip(wav.astype(np.float64), -1.0, 1.0)
    companded = np.sign(wav) * np.log1p(mu * np.abs(wav)) / np.log1p(mu)
    return np.floor((companded + 1) / 2 * mu + 0.5).astype(np.int64)


def mu_law_decode(codes, classes=256):
    """The sample in the middle of what each code stands for; the inverse of `mu_law_encode` on codes.

    Args:
        codes (ndarray): integers from 0 to ``classes - 1``, any shape.
        classes (int): how many codes there are.

    Returns:
        ndarray: float32 in [-1, 1], of the same shape.

    Raises:
        AudioError: if a code is out of range or no integer.
    """
    codes, mu = np.asarray(codes), _mu(classes)
    if not np.issubdtype(codes.dtype, np.integer):
        raise AudioError(f"mu_law_decode: expected integer codes, received {codes.dtype}. Samples are encoded by mu_law_encode.")
    if codes.size and not 0 <= codes.min() <= codes.max() < classes:
        raise AudioError(
            f"mu_law_decode: expected codes from 0 to {classes - 1}, received {codes.min()} to {codes.max()}. Decode with as many "
            "classes as they were encoded with."
        )
    companded = 2 * codes / mu - 1
    return (np.sign(companded) * np.expm1(np.abs(companded) * np.log1p(mu)) / mu).astype(np.float32)


def _mu(classes):
    if classes < 2:
        raise AudioError(f"mu-law: expected 2 classes at least, received {classes}.")
    return classes - 1
