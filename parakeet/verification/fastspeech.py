"""FastSpeech (arXiv:1905.09263): size, padding, the length regulator, exact speeds, durations from a teacher's attention."""

import numpy as np
import paddle

from parakeet.functions.alignment import expand_by_durations, predicted_durations, stretch_durations
from parakeet.functions.focus import attended_durations, focus_rate, most_focused
from parakeet.models.fastspeech import SIZES, FastSpeech
from parakeet.verification.check import Check
from parakeet.verification.proofs import (
    distance,
    made_batch,
    only_own_frames,
    padding_difference,
    stirred,
    stored_parameters,
)

PAPER, COMPANY = "arXiv:1905.09263", "a batch is a matter of speed"
LENGTHS = [5, 9, 3]
SMALL = {"channels": 16, "encoder_blocks": 2, "decoder_blocks": 2, "intermediate_channels": 24}
CUTS = {"text": "text_lengths", "durations": "text_lengths"}


def small():
    """A small model in double precision."""
    return stirred(FastSpeech(20, n_mels=8, **SMALL))


def taught(model):
    """The training pass, as a function of a batch."""
    return lambda batch: model(batch["text"], batch["text_lengths"], batch["durations"])


def spoken(model):
    """The synthesis pass, as a function of a batch."""
    return lambda batch: model.infer(batch["text"], batch["text_lengths"])


def padding(way):
    """What company changes."""
    return padding_difference(way(small()), made_batch(LENGTHS), CUTS)


def noise_on_padding():
    """The largest number on padding."""
    batch = made_batch(LENGTHS)
    return only_own_frames(taught(small())(batch)["mel"], batch["mel_lengths"])


def regulated():
    """The letters a, b, c, lasting 2, 0 and 3."""
    letters = expand_by_durations(paddle.to_tensor([[[0.0], [1.0], [2.0]]]), paddle.to_tensor([[2, 0, 3]]))
    return "".join("abc"[int(value)] for value in letters.flatten())


def frames_of_silence():
    """Frames of a text of which no symbol lasts."""
    batch = made_batch(LENGTHS)
    found = small().infer(batch["text"], batch["text_lengths"], durations=paddle.zeros_like(batch["durations"]))
    return found["mel"].shape[1] + int(found["mel_lengths"].sum())


def stretched(alpha):
    """The paper's durations, stretched."""
    return str(stretch_durations(paddle.to_tensor([[2, 2, 3, 1]]), 1 / alpha).tolist()[0])


def frames_off(alpha):
    """Frames of the spectrum beside the sum of the rounded products, the largest difference of the batch."""
    model, batch = small(), made_batch(LENGTHS)
    found = model.infer(batch["text"], batch["text_lengths"], rate=1 / alpha, durations=batch["durations"])
    expected = np.floor(alpha * batch["durations"].numpy() + 0.5).sum(axis=1)
    return int(np.abs(found["mel_lengths"].numpy() - expected).max()) + abs(found["mel"].shape[1] - int(expected.max()))


def frames_off_the_line(alpha):
    """How far the frames are from alpha times the frames, in frames a symbol, the furthest of 50 texts."""
    durations = np.random.default_rng(0).integers(0, 30, (50, 40))
    frames = stretch_durations(paddle.to_tensor(durations), 1 / alpha).numpy().sum(axis=1)
    return float(np.abs(frames - alpha * durations.sum(axis=1)).max() / 40)


def change_at_one():
    """What a rate of one changes."""
    model, batch = small(), made_batch(LENGTHS)
    return distance(
        model.infer(batch["text"], batch["text_lengths"], rate=1.0, durations=batch["durations"])["mel"], taught(model)(batch)["mel"]
    )


def logarithms_lost():
    """How many durations from 0 to 200 do not come back from their logarithm."""
    durations = paddle.arange(201).unsqueeze(0)
    back = predicted_durations(paddle.log1p(durations.astype("float32")), paddle.to_tensor([201]))
    return int((back != durations).sum())


def focus(sharpness):
    """The focus rate of attention that looks at one of 4 symbols so sharply, and at all alike for the rest."""
    weights = np.eye(4)[np.arange(12) // 3] * sharpness + (1 - sharpness) / 4
    return focus_rate(paddle.to_tensor(weights[None, None]), paddle.to_tensor([12])).item()


def durations_missed():
    """Planted durations that are not read from the sharpest of three heads, of 20 utterances."""
    rng, missed = np.random.default_rng(0), 0
    for _ in range(20):
        durations = rng.integers(0, 6, 12)
        durations[0] += 1
        blurred = rng.dirichlet(np.ones(12), (3, durations.sum()))
        blurred[1] = 0.6 * np.repeat(np.eye(12), durations, axis=0) + 0.4 * blurred[1]
        lengths, frames = paddle.to_tensor([12]), paddle.to_tensor([int(durations.sum())])
        chosen, _ = most_focused(paddle.to_tensor(blurred[None]), frames)
        missed += int((attended_durations(chosen, lengths, frames).numpy()[0] != durations).sum())
    return missed


CHECKS = [
    Check(
        "parameters, paper's size, 51 symbols",
        50_544_467,
        lambda: stored_parameters(FastSpeech(51, **SIZES["paper"])),
        f"{PAPER}, sec. 4.2: the sizes it prints, counted layer by layer as in tests/models/test_fastspeech.py",
        quick=False,
    ),
    Check("change by padding, training pass", 1e-12, lambda: padding(taught), COMPANY, relation="<="),
    Check("change by padding, synthesis", 1e-12, lambda: padding(spoken), COMPANY, relation="<="),
    Check("loudest number on padding", 0, noise_on_padding, "lengths cross borders, padding says nothing"),
    Check("a, b, c lasting 2, 0, 3", "aaccc", regulated, f"{PAPER}, sec. 3.2, eq. 1"),
    Check("frames where nothing lasts", 0, frames_of_silence, f"{PAPER}, sec. 3.2"),
    Check("2, 2, 3, 1 at alpha 1.3", "[3, 3, 4, 1]", lambda: stretched(1.3), f"{PAPER}, sec. 3.2"),
    Check("2, 2, 3, 1 at alpha 0.5", "[1, 1, 2, 1]", lambda: stretched(0.5), f"{PAPER}, sec. 3.2"),
    *(
        Check(f"frames beside the rounded durations, alpha {alpha}", 0, lambda alpha=alpha: frames_off(alpha), f"{PAPER}, sec. 3.2")
        for alpha in (0.5, 0.8, 1.0, 1.3, 2.0)
    ),
    Check("frames off a symbol, alpha 1.3", 0.5, lambda: frames_off_the_line(1.3), "a half is what rounding can do", relation="<="),
    Check("change at alpha 1", 0, change_at_one, f"{PAPER}, sec. 3.2"),
    Check("durations lost in their logarithm, 0 to 200", 0, logarithms_lost, f"{PAPER}, sec. 3.3"),
    Check("focus rate of one symbol a frame", 1, lambda: focus(1.0), f"{PAPER}, sec. 3.3"),
    Check("focus rate of attention to 4 alike", 0.25, lambda: focus(0.0), f"{PAPER}, sec. 3.3", tolerance=1e-12),
    Check("planted durations not read from attention", 0, durations_missed, f"{PAPER}, sec. 3.3"),
]
