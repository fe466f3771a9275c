"""Two exported voices that share nothing but the room: every model, every engine."""

import pytest
from making_voices import HARMONIC_VOCOS, HIFIGAN, make_run, make_vocoder_run

from parakeet.voice import ModelDescription, pack_voice
from parakeet.voice.engines.export import export_voice

FASTSPEECH2 = {
    "channels": 16,
    "encoder_blocks": 1,
    "decoder_blocks": 1,
    "heads": 2,
    "intermediate_channels": 32,
    "pitch_blocks": 1,
    "postnet_blocks": 2,
}


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """name -> (folder, reports): ``convolutional`` is SpeedySpeech and Vocos in halves, ``other`` FastSpeech 2 and HiFi-GAN, ``source``
    SpeedySpeech and the Vocos with a source."""
    pytest.importorskip("paddle2onnx", reason="needs the extra 'export'")
    folder = tmp_path_factory.mktemp("exported")
    runs = {
        "convolutional": (make_run(folder / "speedyspeech"), make_vocoder_run(folder / "vocos"), True),
        "other": (
            make_run(folder / "fastspeech2", acoustic=ModelDescription("fastspeech2", FASTSPEECH2)),
            make_vocoder_run(folder / "hifigan", "hifigan", HIFIGAN),
            False,
        ),
        "source": (
            make_run(folder / "speedyspeech"),
            make_vocoder_run(folder / "harmonic_vocos", "harmonic_vocos", HARMONIC_VOCOS),
            False,
        ),
    }
    made = {}
    for name, (run, vocoder, half) in runs.items():
        voice = pack_voice(run, folder / name, vocoder, half=half)
        made[name] = voice, export_voice(voice)
    return made
