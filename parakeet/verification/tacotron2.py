"""Tacotron 2 (arXiv:1712.05884): size, padding, causality, attention, stop token, and that steps are the training pass."""

import numpy as np
import paddle
from paddle import nn

from parakeet.functions.guided_attention import guided_attention_weights
from parakeet.models.tacotron2 import SIZES, Tacotron2, tacotron2_losses
from parakeet.modules.recurrent import ZoneoutLSTMCell
from parakeet.verification.autoregressive import (
    LENGTHS,
    attention_missing,
    attention_on_padding,
    frames_missing,
    frames_that_hear,
    noise_on_padding,
    padding,
    spoken,
    steps_beside_the_whole,
    taught,
)
from parakeet.verification.check import Check
from parakeet.verification.proofs import (
    distance,
    made_batch,
    share_of_loss_left,
    stirred,
    stored_parameters,
)

PAPER, COMPANY = "arXiv:1712.05884", "a batch is a matter of speed"
SMALL = {"channels": 8, "encoder_blocks": 2, "prenet_channels": 8, "decoder_channels": 12, "attention_channels": 6}
SMALL |= {"location_filters": 3, "location_kernel_size": 5, "postnet_channels": 8, "postnet_blocks": 3}


def small(**changes):
    """A small model in double precision."""
    return stirred(Tacotron2(20, n_mels=8, **SMALL, **changes))


def ends_missed():
    """Frames between where an utterance ends and the first frame that is likelier than not its last."""
    model, batch = small(frames_per_step=3), made_batch(LENGTHS)
    endless = spoken(model)(batch)
    logits = model(batch["text"], batch["text_lengths"], endless["mel_before"], endless["mel_lengths"])["stop"]
    bias = model.decoder.stop.bias
    bias.set_value(bias - logits[:, 7].max() + 1e-9)  # one utterance ends in its eighth frame at the latest
    likely = model(batch["text"], batch["text_lengths"], endless["mel_before"], endless["mel_lengths"])["stop"].numpy() > 0
    expected = np.where(likely.any(axis=1), likely.argmax(axis=1) + 1, 20)
    found = model.infer(batch["text"], batch["text_lengths"], max_frames=20)
    return int(np.abs(found["mel_lengths"].numpy() - expected).max())


def memory_beside_paddle():
    """The largest difference of a memory without zoneout and Paddle's, after five steps."""
    cell, x = ZoneoutLSTMCell(4, 6), paddle.randn([2, 5, 4])
    ours = theirs = cell.zero_state(2)
    for frame in paddle.unbind(x, axis=1):
        ours = cell.step(cell.project(frame), ours)
        _, theirs = nn.LSTMCell.forward(cell, frame, theirs)
    return max(distance(a, b) for a, b in zip(ours, theirs, strict=True))


def guided_cost():
    """What it costs to look at symbol 4 of 10 in frame 2 of 10."""
    lengths = paddle.to_tensor([10])
    return float(guided_attention_weights(lengths, lengths, 10, 10)[0, 2, 4])


def learnt_by_heart(steps=150):
    """The loss of one utterance after so many steps, beside the first."""
    model, batch = Tacotron2(20, n_mels=8, dropout=0.0, prenet_dropout=0.0, zoneout=0.0, **SMALL), made_batch([4], dtype="float32")

    def loss():
        return tacotron2_losses(taught(model)(batch), batch, model.mel_std, attention_weight=1.0)["loss"]

    return share_of_loss_left(model, loss, steps, 1e-2)


CHECKS = [
    Check(
        "parameters, paper's size, 148 symbols",
        28_193_153,
        lambda: stored_parameters(Tacotron2(148, **SIZES["paper"])),
        f"{PAPER}, sec. 2.2, counted by scripts/golden/tacotron2.py",
        quick=False,
    ),
    Check("change by padding, training pass", 1e-12, lambda: padding(taught, small()), COMPANY, relation="<="),
    Check("change by padding, synthesis", 1e-12, lambda: padding(spoken, small()), COMPANY, relation="<="),
    Check("change by padding, 3 frames a step", 1e-12, lambda: padding(taught, small(frames_per_step=3)), COMPANY, relation="<="),
    Check("steps beside the training pass", 1e-12, lambda: steps_beside_the_whole(small()), f"{PAPER}, sec. 2.2", relation="<="),
    Check(
        "steps beside the training pass, 3 frames a step",
        1e-12,
        lambda: steps_beside_the_whole(small(frames_per_step=3)),
        "arXiv:1703.10135, sec. 3.3",
        relation="<=",
    ),
    Check(
        "frames that hear frame 13",
        "14 to 29",
        lambda: frames_that_hear(small(), 13),
        f"{PAPER}, sec. 2.2: what came before, all of it",
    ),
    Check(
        "frames that hear frame 14, 3 frames a step",
        "15 to 29",
        lambda: frames_that_hear(small(frames_per_step=3), 14),
        "arXiv:1703.10135, sec. 3.3: the last of each step",
    ),
    Check("attention's rows beside 1", 1e-12, lambda: attention_missing(small()), "arXiv:1506.07503, eq. 6", relation="<="),
    Check("largest attention on padding", 0, lambda: attention_on_padding(small()), COMPANY),
    Check("loudest number on padding", 0, lambda: noise_on_padding(small()), "lengths cross borders, padding says nothing"),
    Check(
        "frames beside the sum of attention's durations",
        0,
        lambda: frames_missing(small(frames_per_step=3)),
        "arXiv:1905.09263, sec. 3.3",
    ),
    Check("frames beside the first that is likely the last", 0, ends_missed, f"{PAPER}, sec. 2.2 (stop token, 0.5)"),
    Check("memory without zoneout beside Paddle's", 1e-6, memory_beside_paddle, "arXiv:1606.01305, sec. 3", relation="<="),
    Check(
        "guided attention: symbol 4 of 10 in frame 2 of 10",
        0.3934693,
        guided_cost,
        "1 - exp(-1 / 2): arXiv:1710.08969, sec. 4.1",
        tolerance=1e-6,
    ),
    Check(
        "loss of an utterance learnt by heart, beside the first",
        0.3,
        learnt_by_heart,
        "a model can learn",
        relation="<=",
        quick=False,
    ),
]
