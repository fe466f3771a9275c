"""Runs as training leaves them: small, with fresh weights, of a voice that speaks at once."""

import numpy as np
import paddle

from parakeet.audio.mel import MelConfig
from parakeet.checkpoint import SnapshotStore
from parakeet.frontend import load_frontend
from parakeet.voice import GRIFFIN_LIM, ModelDescription, VocoderDescription, VoiceDescription, pack_voice

ACOUSTIC = {"channels": 16, "encoder_dilations": [1], "decoder_dilations": [1, 2], "predictor_channels": 8, "kernel_size": 3}
VOCOS = {"channels": 16, "intermediate_channels": 32, "n_blocks": 2}
HARMONIC_VOCOS = {**VOCOS, "sample_rate": 16000, "feedback": 0.5}
HIFIGAN = {"channels": 16, "upsample_rates": [16, 16], "upsample_kernels": [32, 32], "kernels": [3], "dilations": [[[1]]]}
CORPUS = {"name": "made", "licence": "CC0-1.0", "attribution": "made by a test", "options": {}}


def describe(**changes):
    values = {
        "acoustic": ModelDescription("speedyspeech", ACOUSTIC),
        "symbols": ["sil", *load_frontend("english").symbols],
        "frontend": "english",
        "mel": MelConfig(),
        "vocoder": ModelDescription(GRIFFIN_LIM.model, {"iterations": 2}),
        "corpus": CORPUS,
    }
    return VoiceDescription(**{**values, **changes})


def last_for(model, frames):
    """Make every symbol last so many frames."""
    output = model.duration_predictor.output
    output.weight.set_value(paddle.zeros_like(output.weight))
    output.bias.set_value(paddle.full_like(output.bias, np.log1p(frames)))


def make_run(folder, extensions=None, **changes):
    """A run of an acoustic model that makes every symbol last four frames."""
    description = describe(**changes)
    paddle.seed(3)
    model = description.build_acoustic()
    last_for(model, 4)
    folder.mkdir(exist_ok=True)
    description.save(folder)
    state = {"models": {"main": model.state_dict()}, "extensions": extensions or {}}
    SnapshotStore(folder / "snapshots").save(1, state)
    return folder


def make_vocoder_run(folder, model="vocos", options=VOCOS, mel=None, corpus=CORPUS):
    """A run of a vocoder, with the discriminator it was trained against."""
    description = VocoderDescription(ModelDescription(model, options), mel or MelConfig(), corpus)
    paddle.seed(4)
    generator = description.build()
    rng = np.random.default_rng(0)
    for parameter in generator.parameters():  # fresh ones are so small that little is to be heard
        parameter.set_value(parameter.numpy() + 0.1 * rng.standard_normal(parameter.shape).astype(np.float32))
    folder.mkdir(exist_ok=True)
    description.save(folder)
    state = {"models": {"generator": generator.state_dict(), "wave": {"weight": np.zeros(3, np.float32)}}, "extensions": {}}
    SnapshotStore(folder / "snapshots").save(7, state)
    return folder


def make_packed(folder):
    """A packed voice with a Vocos, and beside it the runs it is made of."""
    return pack_voice(make_run(folder / "run"), folder / "voice", make_vocoder_run(folder / "vocoder"))
