"""Transformer TTS (arXiv:1809.08895): sizes, positions, padding, causality, attention, and that cached steps are the training pass."""

import numpy as np
import paddle

from parakeet.functions.positions import sinusoid_positions
from parakeet.models.transformer_tts import SIZES, TransformerTTS, transformer_tts_losses
from parakeet.verification.autoregressive import (
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
    made_batch,
    share_of_loss_left,
    stirred,
    stored_parameters,
)

PAPER, COMPANY = "arXiv:1809.08895", "a batch is a matter of speed"
SMALL = {
    "embedding_channels": 16,
    "channels": 16,
    "encoder_blocks": 2,
    "decoder_blocks": 2,
    "heads": 2,
    "intermediate_channels": 24,
}
SMALL |= {"prenet_channels": 12, "postnet_channels": 12, "postnet_blocks": 3}


def small(**changes):
    """A small model in double precision."""
    return stirred(TransformerTTS(20, n_mels=8, **SMALL, **changes))


def weight_of_the_last_step():
    """How often the last step counts where nothing is known of it: its share of the loss, of two steps."""
    mel, lengths = paddle.zeros([1, 2, 8]), paddle.to_tensor([2])
    silent = {"mel": mel, "mel_before": mel, "stop": paddle.zeros([1, 2]), "step_lengths": lengths}
    loss = transformer_tts_losses(silent, {"mel": mel, "mel_lengths": lengths}, paddle.ones([1, 1, 8]))["stop_loss"].item()
    return 2 * loss / np.log(2) - 1


def learnt_by_heart(steps=120):
    """The loss of one utterance after so many steps, beside the first."""
    model = TransformerTTS(20, n_mels=8, dropout=0.0, conv_dropout=0.0, prenet_dropout=0.0, **SMALL)
    batch = made_batch([9], dtype="float32")

    def loss():
        return transformer_tts_losses(taught(model)(batch), batch, model.mel_std)["loss"]

    return share_of_loss_left(model, loss, steps, 5e-3)


CHECKS = [
    Check(
        "parameters, base size, 75 symbols",
        14_155_763,
        lambda: stored_parameters(TransformerTTS(75, **SIZES["base"])),
        "counted layer by layer: tests/models/test_transformer_tts.py",
    ),
    Check(
        "parameters, paper's size, 75 symbols",
        52_983_539,
        lambda: stored_parameters(TransformerTTS(75, **SIZES["paper"])),
        f"{PAPER}, sec. 4.6 (six layers, eight heads), counted as the base size is",
        quick=False,
    ),
    Check(
        "position 1, channel 0",
        0.841471,
        lambda: float(sinusoid_positions(2, 512)[1, 0]),
        f"sin 1: {PAPER}, sec. 3.2, eq. 3",
        tolerance=1e-6,
    ),
    Check("change by padding, training pass", 1e-12, lambda: padding(taught, small()), COMPANY, relation="<="),
    Check("change by padding, synthesis", 1e-12, lambda: padding(spoken, small()), COMPANY, relation="<="),
    Check("change by padding, 3 frames a step", 1e-12, lambda: padding(taught, small(frames_per_step=3)), COMPANY, relation="<="),
    Check("cached steps beside the whole", 1e-12, lambda: steps_beside_the_whole(small()), f"{PAPER}, sec. 3.6", relation="<="),
    Check(
        "cached steps beside the whole, 3 frames a step",
        1e-12,
        lambda: steps_beside_the_whole(small(frames_per_step=3)),
        f"{PAPER}, sec. 3.6",
        relation="<=",
    ),
    Check(
        "frames that hear frame 13",
        "14 to 29",
        lambda: frames_that_hear(small(frames_per_step=1), 13),
        f"{PAPER}, sec. 3.6: what came before, all of it",
    ),
    Check(
        "frames that hear frame 13, 3 frames a step",
        "15 to 29",
        lambda: frames_that_hear(small(frames_per_step=3), 13),
        "frame 13 is in the step of 12 to 14",
    ),
    Check("attention's rows beside 1", 1e-12, lambda: attention_missing(small()), "arXiv:1706.03762, eq. 1", relation="<="),
    Check("largest attention on padding", 0, lambda: attention_on_padding(small()), "arXiv:1706.03762, sec. 3.2.3"),
    Check("loudest number on padding", 0, lambda: noise_on_padding(small()), "lengths cross borders, padding says nothing"),
    Check(
        "frames beside the sum of attention's durations",
        0,
        lambda: frames_missing(small(frames_per_step=3)),
        "arXiv:1905.09263, sec. 3.3",
    ),
    Check("weight of the last step", 5.0, weight_of_the_last_step, f"{PAPER}, sec. 3.7: 5 to 8", tolerance=1e-5),
    Check(
        "loss of an utterance learnt by heart, beside the first",
        0.3,
        learnt_by_heart,
        "a model can learn",
        relation="<=",
        quick=False,
    ),
]
