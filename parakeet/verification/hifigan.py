"""HiFi-GAN (arXiv:2010.05646): sizes, length, context, folding."""

import paddle

from parakeet.models.hifigan import SIZES, HiFiGAN
from parakeet.modules.discriminators import build_discriminators
from parakeet.modules.weight_norm import count_parameters
from parakeet.verification.check import Check
from parakeet.verification.proofs import folding_difference, reach, stirred

PAPER, PUBLISHED = "arXiv:2010.05646", "arXiv:2010.05646, table 1; the exact count is of the published configuration"
SMALL = {"n_mels": 8, "channels": 16, "upsample_rates": (4, 2), "upsample_kernels": (8, 4), "kernels": (3, 5)}
SMALL["dilations"] = (((1, 1), (3, 1)),) * 2


def size(name):
    """Parameters of a published size, folded."""
    return count_parameters(HiFiGAN(**SIZES[name]))


def judges(**kinds):
    """Parameters of discriminators, folded."""
    return sum(map(count_parameters, build_discriminators(**kinds).values()))


def samples(frames):
    """Samples made of so many frames."""
    return HiFiGAN(**{**SIZES["v3"], "channels": 8})(paddle.randn([1, frames, 80])).shape[1]


def unheard_frames():
    """How many frames further than a sample's own the vocoder looks, less than its ``context`` says."""
    vocoder = stirred(HiFiGAN(**SMALL))
    first, last = reach(vocoder, paddle.randn([1, 80, 8], "float64"), 40)
    return vocoder.context - max(40 - first / vocoder.hop_length, (last + 1) / vocoder.hop_length - 41)


def folding():
    """What folding changes of the sound."""
    vocoder, mel = stirred(HiFiGAN(**SMALL)), paddle.randn([2, 12, 8], "float64")
    return folding_difference(vocoder, lambda: vocoder(mel))


CHECKS = [
    Check("parameters of V1", 13_926_017, lambda: size("v1"), PUBLISHED, quick=False),
    Check("parameters of V2", 925_985, lambda: size("v2"), PUBLISHED),
    Check("parameters of V3", 1_462_273, lambda: size("v3"), PUBLISHED),
    Check(
        "parameters of the period discriminators",
        41_092_165,
        lambda: judges(periods=(2, 3, 5, 7, 11)),
        f"{PAPER}, sec. 2.3, counted from the published configuration",
        quick=False,
    ),
    Check(
        "parameters of the scale discriminators",
        29_610_627,
        lambda: judges(scales=(1, 2, 4)),
        f"{PAPER}, sec. 2.3, counted from the published configuration",
        quick=False,
    ),
    Check("samples of 1 frame", 256, lambda: samples(1), f"{PAPER}, sec. 2.2: one hop each"),
    Check("samples of 7 frames", 7 * 256, lambda: samples(7), f"{PAPER}, sec. 2.2: one hop each"),
    Check("frames of context that are not heard", 2, unheard_frames, "HiFiGAN.context, rounded up at each step", relation="<="),
    Check("frames heard beyond the context", 0, lambda: max(0, -unheard_frames()), "HiFiGAN.context"),
    Check("change by folding weight normalisation", 1e-12, folding, "arXiv:1602.07868, eq. 2", relation="<="),
]
