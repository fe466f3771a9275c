"""WaveFlow (arXiv:1912.01219): sizes, that it is a bijection and knows its determinant, who hears whom, and that it learns a density."""

import functools
import math

import numpy as np
import paddle

from parakeet.models.waveflow import DILATIONS, Flow, WaveFlow, waveflow_loss
from parakeet.modules.rowwise import RowCausalConv2D
from parakeet.modules.weight_norm import count_parameters
from parakeet.verification.check import Check
from parakeet.verification.proofs import distance, folding_difference, jacobian, reach, stirred, stored_parameters

PAPER = "arXiv:1912.01219"
ROWS = f"{PAPER}, sec. 3: row by row"
SIZES = {64: (5_916_372, 5_891_794), 96: (12_782_036, 12_745_170), 128: (22_252_756, 22_203_602), 256: (86_186_196, 86_087_890)}
"""Channels: parameters with the lengths of weight normalisation (5.91, 12.78, 22.25 and 86.18 M in the paper), and without."""
SMALL = {"n_mels": 4, "channels": 8, "n_flows": 4, "height": 8, "row_dilations": (1, 1, 1), "upsample_scales": (4, 4)}
LOG_TWO_PI = math.log(2 * math.pi)
NOISE, MEMORY = 0.1, 0.9


def small(**changes):
    """A small model in double precision, far from the identity."""
    return stirred(WaveFlow(**{**SMALL, **changes}))


def pair(batch=2, frames=10, dtype="float64"):
    """Made sounds of a small model, and spectra."""
    return paddle.randn([batch, 16 * frames], dtype), paddle.randn([batch, frames, 4], dtype)


def fresh_loss(wav):
    """The loss of a model that has learned nothing."""
    return float(waveflow_loss(*WaveFlow(**SMALL)(wav, paddle.randn([len(wav), wav.shape[1] // 16, 4]))))


def fresh_change():
    """How far the noise of a fresh model is from the sound: four reversals of all rows and four of each half are none."""
    wav, mel = pair(dtype="float32")
    return distance(WaveFlow(**{**SMALL, "n_flows": 8})(wav, mel)[0], wav)


def way_back(dtype, **changes):
    """How far a sound is from what comes back of its noise."""
    model = stirred(WaveFlow(**{**SMALL, **changes}), dtype=dtype)
    wav, mel = pair(dtype=dtype)
    return distance(model.inverse(model(wav, mel)[0], mel), wav)


def determinant():
    """The determinant that the model tells, beside that of the matrix of all derivatives, 64 by 64, in logarithms."""
    model, (wav, mel) = small(), pair(1, 4)
    return abs(np.linalg.slogdet(jacobian(lambda x: model(x, mel)[0], wav))[1] - model(wav, mel)[1].item())


def scale_derivatives(of):
    """The largest derivative of a row's log scale by rows ``of`` its place: the same and below, or above."""
    flow = stirred(Flow(8, 4, (3, 3), (1, 1, 1)))
    height, width = 8, 6
    x, condition = paddle.randn([1, height, width], "float64"), paddle.randn([1, 4, height, width], "float64")
    found = np.abs(jacobian(lambda x: flow(x, condition)[1], x)).reshape(height, width, height, width).max(axis=(1, 3))
    scaled, by = np.indices(found.shape)
    return float(found[by >= scaled if of == "here and below" else by < scaled].max())


def heard(axis, size, at):
    """Which rows or columns of a flow of the paper's shape hear a poke, beside the place of the poke."""
    flow = stirred(Flow(2, 2, (3, 3), DILATIONS[16]), scale=0.3)
    shape = {"rows": [size, 3], "columns": [2, size]}[axis]
    condition = paddle.randn([1, 2, *shape], "float64")
    last = {"rows": [0, 1, 2], "columns": [0, 2, 1]}[axis]  # the poked axis is to be the first behind the batch
    x = paddle.randn([1, *shape], "float64").transpose(last)
    first, final = reach(lambda x: flow(x.transpose(last), condition)[1].transpose(last), x, at)
    return f"{first - at} to {final - at}"


def row_by_row():
    """How far a convolution that is given one row after another is from itself over all rows."""
    conv = stirred(RowCausalConv2D(3, 4, (3, 5), (2, 3)))
    x, steps = paddle.randn([2, 3, 9, 20], "float64"), conv.steps()
    return distance(paddle.stack([steps(x[:, :, i]) for i in range(9)], axis=2), conv(x))


def samples(frames, **changes):
    """Samples that are made of so many frames, by the paper's steps from frames to samples."""
    model = WaveFlow(**{**SMALL, "channels": 2, "n_flows": 2, "upsample_scales": (16, 16), **changes})
    return model.infer(paddle.randn([1, frames, 4])).shape[1]


def lost_company():
    """What company changes on the way back."""
    model, (noise, mel) = small(), pair(3)
    return distance(model.inverse(noise, mel)[1:2], model.inverse(noise[1:2], mel[1:2]))


def folding():
    """What folding weight normalisation changes on the way back."""
    model, (noise, mel) = small(), pair()
    return folding_difference(model, lambda: model.inverse(noise, mel))


def widest_weight():
    """The largest weight that a convolution of the paper's small model begins with."""
    return float(WaveFlow().flows[0].blocks[0].conv.weight_v.abs().max())


def sounds(seed, batch, length):
    """Sounds of known density: each sample is 0.9 times the one before it and normal noise of 0.1."""
    made = np.random.default_rng(seed).standard_normal((batch, 100 + length)) * NOISE
    for n in range(1, made.shape[1]):
        made[:, n] += MEMORY * made[:, n - 1]
    return paddle.to_tensor(made[:, 100:].astype("float32"))


@functools.cache
def learned(steps):
    """A small model that has learned sounds of known density."""
    model = WaveFlow(**{**SMALL, "n_mels": 1})
    optimizer = paddle.optimizer.Adam(1e-2, parameters=model.parameters())
    for step in range(steps):
        optimizer.set_lr(1e-2 * (1 - step / steps))
        waveflow_loss(*model(sounds(step, 8, 512), paddle.zeros([8, 32, 1]))).backward()
        optimizer.step()
        optimizer.clear_grad()
    return model


def learned_loss():
    """The loss of sounds that a trained model has not seen."""
    return float(waveflow_loss(*learned(200)(sounds(10_000, 16, 1024), paddle.zeros([16, 64, 1]))))


def learned_sound():
    """How alike neighbouring samples of what a trained model makes are: their correlation."""
    wav = learned(200).infer(paddle.zeros([16, 64, 1])).numpy()
    return float((wav[:, 1:] * wav[:, :-1]).mean() / (wav**2).mean())


CHECKS = [
    *(
        Check(f"parameters, {channels} channels{word}", count, measure, f"{PAPER}, sec. 5: {counts[0] // 10_000 / 100} M", quick=False)
        for channels, counts in SIZES.items()
        for word, count, measure in (
            ("", counts[0], lambda channels=channels: stored_parameters(WaveFlow(channels=channels))),
            (", folded", counts[1], lambda channels=channels: count_parameters(WaveFlow(channels=channels))),
        )
    ),
    Check("weights begin within", 1 / math.sqrt(64 * 9), widest_weight, "1 / sqrt(numbers that go into one result)", tolerance=1e-4),
    Check("fresh: change of a sound", 0, fresh_change, f"{PAPER}, sec. 3: last convolution zero, reversals undo each other"),
    Check(
        "fresh: loss of silence", LOG_TWO_PI / 2, lambda: fresh_loss(paddle.zeros([2, 160])), f"{PAPER}, sec. 2: N(0; 0, 1)", tolerance=1e-6
    ),
    Check(
        "fresh: loss of unit noise",
        (LOG_TWO_PI + 1) / 2,
        lambda: fresh_loss(paddle.randn([8, 4096])),
        f"{PAPER}, sec. 2: the entropy of the normal distribution",
        tolerance=2e-2,
    ),
    Check("way there and back, double precision", 1e-10, lambda: way_back("float64"), ROWS, relation="<="),
    Check("way there and back, single precision", 1e-4, lambda: way_back("float32"), ROWS, relation="<="),
    Check(
        "the same, rows dilated by 1, 2, 4",
        1e-10,
        lambda: way_back("float64", row_dilations=(1, 2, 4)),
        ROWS,
        relation="<=",
    ),
    Check("log-determinant beside autograd's", 1e-8, determinant, f"{PAPER}, sec. 3: the Jacobian is triangular", relation="<="),
    Check("d log scale of a row / d rows here and below", 0, lambda: scale_derivatives("here and below"), ROWS),
    Check("d log scale of a row / d rows above", 1e-4, lambda: scale_derivatives("above"), ROWS, relation=">="),
    Check("rows that hear a row", "1 to 17", lambda: heard("rows", 24, 3), f"{PAPER}, sec. 3: 1 + 8 * 2 = 17, 16 at least"),
    Check("columns that hear a column", "-255 to 255", lambda: heard("columns", 600, 300), f"{PAPER}, sec. 3: 1 + 2 * 255 = 511"),
    Check("a row at a time beside all rows", 1e-12, row_by_row, f"{PAPER}, sec. 3 (convolution queues)", relation="<="),
    *(
        Check(f"samples of a sound of {frames} frames", 256 * frames, lambda frames=frames: samples(frames), "256 a frame, none is trimmed")
        for frames in (1, 2, 9)
    ),
    *(
        Check(
            f"samples of 3 frames, {height} rows",
            768,
            lambda height=height: samples(3, height=height, row_dilations=None),
            f"{PAPER}, sec. 3: heights of 8 to 64",
        )
        for height in DILATIONS
    ),
    Check("change by company", 1e-12, lost_company, "a batch is a matter of speed", relation="<="),
    Check("change by folding weight normalisation", 1e-12, folding, "arXiv:1602.07868, eq. 2", relation="<="),
    Check(
        "loss of sounds of known density, learned",
        (LOG_TWO_PI + 1) / 2 + math.log(NOISE),
        learned_loss,
        "entropy rate of x[n] = 0.9 x[n - 1] + N(0, 0.1²)",
        tolerance=0.05,
        quick=False,
    ),
    Check("correlation of neighbours in what it makes then", MEMORY, learned_sound, "the same", tolerance=0.05, quick=False),
]
