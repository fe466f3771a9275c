"""FastSpeech 2 (arXiv:2006.04558): size, padding, lengths, speaking rate."""

import numpy as np

from parakeet.models.fastspeech2 import SIZES, FastSpeech2
from parakeet.verification.check import Check
from parakeet.verification.proofs import made_batch, only_own_frames, padding_difference, stirred, stored_parameters

PAPER = "arXiv:2006.04558"
LENGTHS = [5, 9, 3]
SMALL = {"channels": 16, "encoder_blocks": 2, "decoder_blocks": 2, "intermediate_channels": 24, "postnet_blocks": 2, "pitch_blocks": 2}
CUTS = {"text": "text_lengths", "durations": "text_lengths", "pitch": "text_lengths", "energy": "text_lengths"}


def small():
    """A small model in double precision."""
    return stirred(FastSpeech2(20, n_mels=8, **SMALL))


def taught(model):
    """The training pass, as a function of a batch."""
    return lambda batch: model(**{key: batch[key] for key in model.inputs if key in batch})


def spoken(model):
    """The synthesis pass, as a function of a batch."""
    return lambda batch: model.infer(batch["text"], batch["text_lengths"])


def padding(way):
    """What company changes."""
    return padding_difference(way(small()), made_batch(LENGTHS), CUTS)


def frames_missing():
    """Frames of the spectrum beside the sum of the longest utterance's durations."""
    batch = made_batch(LENGTHS)
    return taught(small())(batch)["mel"].shape[1] - int(batch["durations"].sum(axis=1).max())


def noise_on_padding():
    """The largest number on padding."""
    batch = made_batch(LENGTHS)
    return only_own_frames(taught(small())(batch)["mel"], batch["mel_lengths"])


def frames_at(rate):
    """Frames the model speaks at a rate, less those of its durations, each divided by it and rounded."""
    model, batch = small(), made_batch(LENGTHS)
    heard = model.infer(batch["text"], batch["text_lengths"], rate=rate)["mel_lengths"]
    frames = np.expm1(taught(model)(batch)["log_durations"].numpy()) / rate
    own = np.arange(frames.shape[1]) < np.array(LENGTHS)[:, None]
    return int(np.abs(heard.numpy() - (np.maximum(np.round(frames), 0) * own).sum(axis=1)).max())


CHECKS = [
    Check(
        "parameters, paper's size, 50 symbols",
        37_086_965 + 384 * 50,
        lambda: stored_parameters(FastSpeech2(50, **SIZES["paper"])),
        f"{PAPER}, sec. 3.1 and appendix A, counted from the configuration in common use for LJSpeech",
        quick=False,
    ),
    Check("change by padding, training pass", 1e-12, lambda: padding(taught), "a batch is a matter of speed", relation="<="),
    Check("change by padding, synthesis", 1e-12, lambda: padding(spoken), "a batch is a matter of speed", relation="<="),
    Check("frames beside the sum of the durations", 0, frames_missing, f"{PAPER}, sec. 2.2 (length regulator)"),
    Check("loudest number on padding", 0, noise_on_padding, "lengths cross borders, padding says nothing"),
    Check("frames beside the durations at rate 0.5", 0, lambda: frames_at(0.5), f"{PAPER}, sec. 2.2"),
    Check("frames beside the durations at rate 1.7", 0, lambda: frames_at(1.7), f"{PAPER}, sec. 2.2"),
]
