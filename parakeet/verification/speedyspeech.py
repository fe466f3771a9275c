"""The convolutional acoustic model (arXiv:2008.03802): size, padding, lengths, receptive field."""

import paddle

from parakeet.models.speedyspeech import SpeedySpeech
from parakeet.verification.check import Check
from parakeet.verification.proofs import (
    made_batch,
    only_own_frames,
    padding_difference,
    reach,
    stirred,
    stored_parameters,
)

PAPER = "arXiv:2008.03802"
LENGTHS = [5, 9, 3, 4, 6]
SMALL = {"channels": 16, "kernel_size": 3, "encoder_dilations": (1, 2), "decoder_dilations": (1, 3), "predictor_channels": 8}
CUTS = {"text": "text_lengths", "durations": "text_lengths", "pitch": "text_lengths", "energy": "text_lengths"}


def small(**changes):
    """A small model in double precision."""
    return stirred(SpeedySpeech(20, n_mels=8, **SMALL, **changes))


def taught(model):
    """The training pass, as a function of a batch."""
    return lambda batch: model(batch["text"], batch["text_lengths"], batch["durations"], batch["pitch"], batch["energy"])


def spoken(model):
    """The synthesis pass, as a function of a batch."""
    return lambda batch: model.infer(batch["text"], batch["text_lengths"])


def padding(way, **changes):
    """What company changes."""
    return padding_difference(way(small(**changes)), made_batch(LENGTHS), CUTS)


def noise_on_padding():
    """The largest number on padding."""
    batch = made_batch(LENGTHS)
    return only_own_frames(taught(small())(batch)["mel"], batch["mel_lengths"])


def frames_missing():
    """Frames of the spectrum beside the sum of the longest utterance's durations."""
    batch = made_batch(LENGTHS)
    return taught(small())(batch)["mel"].shape[1] - int(batch["durations"].sum(axis=1).max())


def frames_reached():
    """Which frames hear a poke at the pitch of symbol 20 of 40, each of 3 frames."""
    model = small()
    text, still = paddle.arange(40).unsqueeze(0) % 19 + 1, paddle.zeros([1, 40], "float64")
    lengths, durations = paddle.to_tensor([40]), paddle.full([1, 40], 3, "int64")
    first, last = reach(lambda pitch: model(text, lengths, durations, pitch, still)["mel"], still, 20)
    return f"{first} to {last}"


CHECKS = [
    Check(
        "parameters, 75 symbols",
        1_981_955 + 352 * 75,
        lambda: stored_parameters(SpeedySpeech(75)),
        "counted layer by layer: tests/models/test_speedyspeech.py",
    ),
    Check("change by padding, training pass", 1e-12, lambda: padding(taught), "a batch is a matter of speed", relation="<="),
    Check("change by padding, synthesis", 1e-12, lambda: padding(spoken), "a batch is a matter of speed", relation="<="),
    Check(
        "change by padding, 3 frames a step",
        1e-12,
        lambda: padding(taught, frames_per_step=3),
        "a batch is a matter of speed",
        relation="<=",
    ),
    Check("frames beside the sum of the durations", 0, frames_missing, f"{PAPER}, sec. 2.2"),
    Check("loudest number on padding", 0, noise_on_padding, "lengths cross borders, padding says nothing"),
    # Between the middles of the symbol's neighbours, 58 and 64, lie frames 59 to 63, steps 29 to 31; the decoder reaches 1 + 3 further.
    Check("frames that hear a symbol's pitch", "50 to 71", frames_reached, "dilations 1 and 3, kernel 3, 2 frames a step"),
]
