"""ClariNet's student (arXiv:1807.07281): sizes, that it is an inverse autoregressive flow, what it learns from."""

import numpy as np
import paddle

from parakeet.functions.likelihoods import gaussian_kl, regularised_gaussian_kl
from parakeet.models.clarinet import ClariNet, distillation_losses
from parakeet.models.wavenet import WaveNet
from parakeet.modules.weight_norm import count_parameters
from parakeet.verification.check import Check
from parakeet.verification.proofs import distance, folding_difference, jacobian, reach, stirred

PAPER = "arXiv:1807.07281"
PUBLISHED = "counted from the configuration of Parakeet 0.1.1 (6 flows of 10 blocks, 3 taps, 64 channels)"
SMALL = {"n_mels": 4, "upsample_scales": (2, 4), "flows": 3, "channels": 6, "layers": 2}


def given(batch=1, frames=3):
    """A student, noise and a spectrum."""
    model = stirred(ClariNet(**SMALL))
    return model, paddle.randn([batch, frames * model.hop_length], "float64"), paddle.randn([batch, frames, 4], "float64")


def above_diagonal():
    """The largest derivative of a sample by noise to come."""
    model, noise, mel = given()
    return float(np.abs(np.triu(jacobian(lambda z: model(z, mel).wav, noise), 1)).max())


def diagonal_difference():
    """How far each derivative of a sample by its own noise is from the product of the flows' scales."""
    model, noise, mel = given()
    scales = np.exp(model(noise, mel).log_scale.numpy()[0])
    return distance(np.diag(jacobian(lambda z: model(z, mel).wav, noise)), scales)


def determinant_difference():
    """How far the sum of the log-scales is from the logarithm of the Jacobian's determinant."""
    model, noise, mel = given()
    matrix = jacobian(lambda z: model(z, mel).wav, noise)
    return abs(float(np.linalg.slogdet(matrix)[1]) - model(noise, mel).log_scale.sum().item())


def composition_difference():
    """How far mean + scale * noise is from what the flows make one after another."""
    model, noise, mel = given(batch=2)
    drawn = model(noise, mel)
    return distance(drawn.mean + paddle.exp(drawn.log_scale) * noise, drawn.wav)


def inversion_difference():
    """How far the noise is that gives the same samples, found by undoing one sample after another."""
    model, noise, mel = given()
    wav, found = model(noise, mel).wav, paddle.zeros_like(noise)
    for n in range(wav.shape[1]):  # mean and scale at n depend on the noise before n alone, which is known by then
        drawn = model(found, mel)
        found[:, n] = (wav[:, n] - drawn.mean[:, n]) * paddle.exp(-drawn.log_scale[:, n])
    return distance(found, noise)


def heard(kind):
    """From where to where noise is heard, counted from its own place."""
    model, noise, mel = given(frames=10)
    first, last = reach(lambda z: getattr(model(z, mel), kind), noise, 9)
    return f"{first - 9} to {last - 9}"


def teacher_difference():
    """Upsampled spectra of a teacher and of a student that has taken over how."""
    teacher, (model, _, mel) = stirred(WaveNet(n_mels=4, upsample_scales=(2, 4), channels=6, layers=2, cycles=1)), given()
    model.take_upsampling(teacher.upsample)
    return distance(model.upsample(mel), teacher.upsample(mel))


def divergence_error():
    """How many standard errors the closed form is from the average over 4,000 draws, with a WaveNet as the teacher."""
    teacher, (model, _, mel) = stirred(WaveNet(n_mels=4, upsample_scales=(2, 4), channels=6, layers=2, cycles=1)), given()
    noise, mel = paddle.randn([4000, 24], "float64"), mel.expand([4000, 3, 4])
    with paddle.no_grad():
        drawn = model(noise, mel)
        said = distillation_losses(drawn, teacher.moments, mel)["kl"].item()
        before = paddle.concat([paddle.zeros([4000, 1], "float64"), drawn.wav[:, :-1]], axis=1)
        mean, log_scale = teacher.moments(before, mel)
        ours = -0.5 * noise * noise - drawn.log_scale
        theirs = -0.5 * ((drawn.wav - mean) * paddle.exp(-log_scale)) ** 2 - log_scale
    sampled = (ours - theirs).mean(axis=1).numpy()
    return abs(said - sampled.mean()) / (sampled.std() / np.sqrt(len(sampled)))


def numbers(function, *values):
    """A function of Gaussians, of plain numbers."""
    return function(*(paddle.to_tensor(value, "float64") for value in values)).item()


def folding():
    """What folding changes of the sound."""
    model, noise, mel = given()
    return folding_difference(model, lambda: model(noise, mel).wav)


FLOWS = "arXiv:1606.04934, sec. 3; " + PAPER + ", sec. 3.2"
CHECKS = [
    Check("parameters of the flows", 2_156_178, lambda: sum(map(count_parameters, ClariNet().flows)), PUBLISHED),
    Check("parameters of the shared upsampling", 194, lambda: count_parameters(ClariNet().upsample), PUBLISHED),
    Check("largest derivative by noise to come", 0.0, above_diagonal, FLOWS),
    Check("derivative by its own noise - product of scales", 1e-12, diagonal_difference, FLOWS, relation="<="),
    Check("log-determinant - sum of log-scales", 1e-10, determinant_difference, FLOWS, relation="<="),
    Check("mean + scale * noise - what the flows make", 1e-12, composition_difference, f"{PAPER}, sec. 3.2", relation="<="),
    Check("noise - noise found from the samples", 1e-9, inversion_difference, FLOWS, relation="<="),
    Check("where noise is heard", "0 to 21", lambda: heard("wav"), "3 flows of 1 + (1 + 2) * 2 samples, each shifted by one"),
    Check("where noise is heard in the mean", "1 to 21", lambda: heard("mean"), f"{PAPER}, sec. 3.2: of the noise before"),
    Check("where noise is heard in the scale", "1 to 21", lambda: heard("log_scale"), f"{PAPER}, sec. 3.2: of the noise before"),
    Check("upsampling - the teacher's", 1e-12, teacher_difference, PUBLISHED, relation="<="),
    Check("KL(N(1, e^2) || N(0, 1))", 2.6945280, lambda: numbers(gaussian_kl, 1.0, 1.0, 0.0, 0.0), "(e^2 + 1) / 2 - 3 / 2", tolerance=1e-6),
    Check(
        "the same, regularised", 6.6945280, lambda: numbers(regularised_gaussian_kl, 1.0, 1.0, 0.0, 0.0), "and 4 * 1^2", tolerance=1e-6
    ),
    Check("closed form - 4,000 draws, in standard errors", 4.0, divergence_error, f"{PAPER}, sec. 3.3.1", relation="<=", quick=False),
    Check("change by folding weight normalisation", 1e-12, folding, "arXiv:1602.07868, eq. 2", relation="<="),
]
