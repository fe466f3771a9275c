"""CBHG (arXiv:1703.10135): size, padding, what its bank hears."""

import numpy as np
import paddle

from parakeet.models.cbhg import MelToLinear, linear_loss
from parakeet.modules.cbhg import CBHG, ConvBank, Highway
from parakeet.verification.check import Check
from parakeet.verification.proofs import distance, padding_difference, reach, share_of_loss_left, stored_parameters

PAPER, COMPANY = "arXiv:1703.10135", "a batch is a matter of speed"
LENGTHS = [9, 4, 1]
SMALL = {"channels": 6, "bank_size": 4, "projection_channels": 7}


def small():
    """A small net, in single precision: Paddle's recurrent layers can't be changed to another."""
    model = MelToLinear(8, n_fft=16, **SMALL)
    model.eval()
    return model


def padding():
    """What company changes."""
    model = small()
    batch = {"mel": paddle.randn([3, 9, 8]), "mel_lengths": paddle.to_tensor(LENGTHS)}
    return padding_difference(lambda batch: {"linear": model(batch["mel"], batch["mel_lengths"])}, batch, {"mel": "mel_lengths"})


def noise_on_padding():
    """The largest number on padding."""
    linear = small()(paddle.randn([3, 9, 8]), paddle.to_tensor(LENGTHS)).numpy()
    return float(np.abs(linear[np.arange(9) >= np.array(LENGTHS)[:, None]]).max())


def frames_heard(size):
    """Which frames of 20 change, in the widest convolution of a bank of so many, where frame 10 is poked."""
    bank = ConvBank(3, 4, size)
    bank.eval()
    first, last = reach(lambda x: bank(x.transpose([0, 2, 1]), paddle.ones([1, 1, 20])).transpose([0, 2, 1]), paddle.randn([1, 20, 3]), 10)
    return f"{first} to {last}"


def what_a_closed_highway_changes():
    """What a highway changes whose gate is closed."""
    highway, x = Highway(5), paddle.randn([4, 5])
    highway.gate.bias.set_value(paddle.full([5], -200.0))
    return distance(highway(x), x)


def learnt_by_heart(steps=60):
    """The loss of one spectrum after so many steps, beside the first."""
    model, mel, lengths = MelToLinear(8, n_fft=16, **SMALL), paddle.randn([1, 12, 8]), paddle.to_tensor([12])
    linear, std = paddle.randn([1, 12, 9]), paddle.ones([1, 1, 9])

    def loss():
        return linear_loss(model(mel, lengths), linear, lengths, std)

    return share_of_loss_left(model, loss, steps, 1e-2)


CHECKS = [
    Check(
        "parameters of the post-processing net",
        1_559_840,
        lambda: stored_parameters(CBHG(80)),
        f"{PAPER}, table 1, counted part by part: tests/modules/test_cbhg.py",
    ),
    Check("change by padding", 1e-5, padding, COMPANY, relation="<="),
    Check("loudest number on padding", 0, noise_on_padding, "lengths cross borders, padding says nothing"),
    # 8 frames reach 4 back and 3 on; what is pooled with the next frame is heard one earlier.
    Check("frames that hear frame 10, bank of 8", "5 to 13", lambda: frames_heard(8), f"{PAPER}, sec. 3.1: 1 to K frames, pooled by 2"),
    Check("change by a closed highway", 0, what_a_closed_highway_changes, "arXiv:1505.00387, eq. 3"),
    Check("loss of a spectrum learnt by heart, beside the first", 0.5, learnt_by_heart, "a net can learn", relation="<=", quick=False),
]
