"""WaveNet (arXiv:1609.03499): sizes, receptive field, causality, likelihoods, synthesis."""

import numpy as np
import paddle

from parakeet.functions.likelihoods import gaussian_nll, mixture_nll
from parakeet.models.wavenet import Softmax, WaveNet
from parakeet.modules.gated import receptive_field
from parakeet.modules.weight_norm import count_parameters, fold_weight_norm
from parakeet.verification.check import Check
from parakeet.verification.proofs import distance, folding_difference, reach, stirred

PAPER = "arXiv:1609.03499"
PUBLISHED = "counted from the configurations of Parakeet 0.1.1 (3 cycles of 10 blocks, 128 channels, 80 bands)"
SMALL = {"n_mels": 6, "upsample_scales": (4, 4), "channels": 12, "layers": 4, "cycles": 2, "classes": 16, "components": 3}
SCIPY = "scipy.stats.norm.logpdf, scripts/golden/likelihoods.py"


def inputs(model, batch=2, frames=4):
    """Samples before each, and a spectrum."""
    n, codes = frames * model.hop_length, model.output.classes
    previous = paddle.randint(0, codes, [batch, n]) if codes else paddle.randn([batch, n], "float64")
    return previous, paddle.randn([batch, frames, 6], "float64")


def heard(output):
    """From where to where a sample is heard, counted from its own place."""
    model = stirred(WaveNet(**SMALL, output=output))
    previous, mel = inputs(model, batch=1)
    if model.output.classes:
        previous = previous * 0
    first, last = reach(lambda samples: model(samples, mel), previous, 9)
    return f"{first - 9} to {last - 9}"


def poked():
    """As `heard`, of the published size: 30 blocks, single precision."""
    model = WaveNet(output="gaussian")
    model.eval()
    with paddle.no_grad():
        first, last = reach(lambda samples: model(samples, paddle.zeros([1, 14, 80])), paddle.randn([1, 14 * 256]) * 0.3, 100)
    return f"{first - 100} to {last - 100}"


def step_difference(output, folded=False, projected=False):
    """How far one sample at a time is from all at once."""
    model = stirred(WaveNet(**SMALL, output=output, projected=projected))
    previous, mel = inputs(model)
    whole = model(previous, mel).numpy()
    if folded:
        fold_weight_norm(model)
    steps = model.steps(batch=2)
    conditions = steps.conditions(model.upsample(mel).transpose([0, 2, 1]).numpy())
    columns = zip(previous.numpy().T, conditions, strict=True)
    return distance(np.stack([steps(*column) for column in columns], axis=1), whole)


def folding():
    """What folding changes of the numbers."""
    model = stirred(WaveNet(**SMALL))
    given = inputs(model)
    return folding_difference(model, lambda: model(*given))


def samples(frames):
    """Samples drawn of so many frames."""
    return WaveNet(**{**SMALL, "n_mels": 80, "upsample_scales": (16, 16)}).infer(paddle.randn([1, frames, 80])).shape[1]


def far_off():
    """Of a sample ten deviations off ten equal Gaussians."""
    return mixture_nll(paddle.to_tensor([10.0], "float64"), *(paddle.zeros([1, 10], "float64") for _ in range(3))).item()


def far_off_gradient():
    """The same, its gradient."""
    x = paddle.to_tensor([10.0], "float64", stop_gradient=False)
    mixture_nll(x, *(paddle.zeros([1, 10], "float64") for _ in range(3))).backward()
    return x.grad.item()


def ignorance(classes):
    """Of equal logits."""
    return Softmax(classes).nll(paddle.zeros([1, 1, classes], "float64"), paddle.to_tensor([[3]])).item()


def gaussian(x, mean, log_scale):
    """Of one normal distribution."""
    return gaussian_nll(*(paddle.to_tensor(value, "float64") for value in (x, mean, log_scale))).item()


def total_probability(output):
    """Of all that a sample may be."""
    model = stirred(WaveNet(**SMALL, output=output))
    numbers = model(*inputs(model, batch=1))[:, 5:6]
    if model.output.classes:
        return paddle.exp(-model.output.nll(numbers.expand([1, 16, 16]), paddle.arange(16).unsqueeze(0))).sum().item()
    grid = paddle.linspace(-40, 40, 800_001, "float64").unsqueeze(0)
    return float(paddle.exp(-model.output.nll(numbers.expand([1, grid.shape[1], numbers.shape[2]]), grid)).sum()) * 1e-4


CHECKS = [
    Check("parameters of ten Gaussians", 2_633_184, lambda: count_parameters(WaveNet(output="mixture")), PUBLISHED),
    Check("parameters of a single Gaussian", 2_629_701, lambda: count_parameters(WaveNet(output="gaussian")), PUBLISHED),
    Check("parameters of 2,048 classes", 3_155_394, lambda: count_parameters(WaveNet(output="softmax")), PUBLISHED),
    Check(
        "parameters with the paper's convolutions behind gates", 3_620_421, lambda: count_parameters(WaveNet(projected=True)),
        f"{PAPER}, fig. 4: 30 * (128 * 256 + 256) more",
    ),
    Check("receptive field, 3 x 10 blocks of 2 taps", 3070, lambda: WaveNet().receptive_field, f"{PAPER}, sec. 2.1: 1 + 3 * 1023"),
    Check(
        "receptive field, 4 x 6 blocks of 3 taps", 505, lambda: receptive_field(3, [2**n for n in range(6)] * 4), "1 + 4 * 2 * 63"
    ),
    Check("samples that a sample is heard in (classes)", "0 to 30", lambda: heard("softmax"), f"{PAPER}, sec. 2.1, fig. 3"),
    Check("samples that a sample is heard in (Gaussian)", "0 to 30", lambda: heard("gaussian"), f"{PAPER}, sec. 2.1, fig. 3"),
    Check("the same, 30 blocks", "0 to 3069", poked, f"{PAPER}, sec. 2.1: the receptive field less one", quick=False),
    Check("one at a time - all at once (classes)", 1e-12, lambda: step_difference("softmax"), "arXiv:1611.09482", relation="<="),
    Check("one at a time - all at once (mixture)", 1e-12, lambda: step_difference("mixture"), "arXiv:1611.09482", relation="<="),
    Check(
        "one at a time - all at once, folded", 1e-12, lambda: step_difference("gaussian", True), "arXiv:1611.09482", relation="<="
    ),
    Check(
        "one at a time - all at once, projected", 1e-12, lambda: step_difference("gaussian", projected=True), "arXiv:1611.09482",
        relation="<=",
    ),
    Check("change by folding weight normalisation", 1e-12, folding, "arXiv:1602.07868, eq. 2", relation="<="),
    Check("samples of 3 frames", 768, lambda: samples(3), "one hop each"),
    Check("nats of a sample 10 deviations off", 50.9189385, far_off, SCIPY, tolerance=1e-6),
    Check("its gradient", 10.0, far_off_gradient, "d/dx x^2 / 2", tolerance=1e-9),
    Check("nats of N(0.3; -0.2, e^-1)", 0.8425705, lambda: gaussian(0.3, -0.2, -1.0), SCIPY, tolerance=1e-6),
    Check("nats of equal logits, 2,048 classes", 7.624619, lambda: ignorance(2048), "ln 2048", tolerance=1e-6),
    Check("nats of equal logits, 256 classes", 5.545177, lambda: ignorance(256), "ln 256", tolerance=1e-6),
    Check("probability of all classes", 1.0, lambda: total_probability("softmax"), "Kolmogorov's second axiom", tolerance=1e-12),
    Check("integral of a mixture's density", 1.0, lambda: total_probability("mixture"), "Kolmogorov's second axiom", tolerance=1e-9),
]
