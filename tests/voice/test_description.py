"""What a voice is made of, as json: what comes back, what older ones mean, what is refused."""

import json

import pytest

from parakeet.audio.mel import MelConfig
from parakeet.errors import DataError
from parakeet.frontend import load_frontend
from parakeet.voice import GRIFFIN_LIM, ModelDescription, VocoderDescription, VoiceDescription

ACOUSTIC = {"channels": 16, "encoder_dilations": [1], "decoder_dilations": [1], "predictor_channels": 8, "kernel_size": 3}
VOCOS = {"channels": 8, "intermediate_channels": 16, "n_blocks": 1}


def describe(**changes):
    values = {
        "acoustic": ModelDescription("speedyspeech", ACOUSTIC),
        "symbols": ["sil", *load_frontend("english").symbols],
        "frontend": "english",
        "mel": MelConfig(),
        "vocoder": ModelDescription("vocos", VOCOS),
    }
    return VoiceDescription(**{**values, **changes})


def test_a_description_comes_back_as_it_was_saved(tmp_path):
    description = describe(corpus={"name": "made", "options": {"language": "en"}}, has_lexicon=True)
    description.save(tmp_path)
    assert VoiceDescription.load(tmp_path) == description


def test_a_vocoders_description_comes_back_as_it_was_saved(tmp_path):
    description = VocoderDescription(ModelDescription("vocos", VOCOS), MelConfig(), {"licence": "CC0"})
    description.save(tmp_path)
    assert VocoderDescription.load(tmp_path) == description


def test_a_description_of_format_1_speaks_with_griffin_lim(tmp_path):
    describe().save(tmp_path)
    content = json.loads((tmp_path / "voice.json").read_text())
    del content["acoustic"], content["vocoder"], content["frontend_options"]
    old = {**content, "format": 1, "model": "speedyspeech", "model_options": ACOUSTIC, "griffin_lim_iterations": 7}
    (tmp_path / "voice.json").write_text(json.dumps(old))
    assert VoiceDescription.load(tmp_path) == describe(vocoder=ModelDescription("griffin_lim", {"iterations": 7}))


def test_who_speaks_with_griffin_lim_has_no_vocoder_to_build():
    assert describe(vocoder=GRIFFIN_LIM).build_vocoder() is None
    assert not describe(vocoder=GRIFFIN_LIM).has_vocoder
    assert describe().has_vocoder


def test_a_vocoder_is_built_without_weight_normalisation():
    small = {"channels": 16, "upsample_rates": [16, 16], "upsample_kernels": [32, 32], "kernels": [3], "dilations": [[[1]]]}
    model = describe(vocoder=ModelDescription("hifigan", small)).build_vocoder()
    assert not [name for name in model.state_dict() if name.endswith("weight_g")]
    assert not model.training


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.update(format=9), "another format than 2"),
        (lambda content: content.update(colour="green"), "not a description of a voice"),
        (lambda content: content["mel"].update(hop_length=5000), "hop_length: expected at most half of win_length"),
        (lambda content: content.pop("symbols"), "not a description of a voice"),
        (lambda content: content.pop("format"), r"not a description of a voice \(it has no 'format'\)"),
        (lambda content: content.update(acoustic="loud"), r"voice\.json: not a description of a voice"),
        (lambda content: content["vocoder"].update(options=3), r"not a description of a voice \(options: expected dict, received 3"),
        (lambda content: content.update(symbols="abc"), r"not a description of a voice \(symbols: expected list, received 'abc'"),
        (lambda content: content.update(has_lexicon=None), "has_lexicon: expected bool, received None"),
    ],
)
def test_a_spoiled_description_is_refused(tmp_path, change, message):
    describe().save(tmp_path)
    content = json.loads((tmp_path / "voice.json").read_text())
    change(content)
    (tmp_path / "voice.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match=message):
        VoiceDescription.load(tmp_path)


def test_a_folder_without_a_description_says_what_to_give(tmp_path):
    with pytest.raises(DataError, match=r"voice\.json: not found, so .* is no voice\. Give the folder of a run"):
        VoiceDescription.load(tmp_path)
    with pytest.raises(DataError, match=r"vocoder\.json: not found, so .* is no vocoder\."):
        VocoderDescription.load(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"acoustic": ModelDescription("speedyspeach")}, "no model 'speedyspeach'; there are .*Did you mean 'speedyspeech'"),
        ({"acoustic": ModelDescription("vocos")}, "no model 'vocos'; there are speedyspeech, fastspeech, fastspeech2"),
        ({"acoustic": ModelDescription("speedyspeech", {"chanels": 16})}, "its options are not those of 'speedyspeech' .*chanels"),
        ({"acoustic": ModelDescription("speedyspeech", {"channels": "wide"})}, "its options are not those of 'speedyspeech'"),
    ],
)
def test_an_acoustic_model_that_can_not_be_built_is_named(changes, message):
    with pytest.raises(DataError, match=message):
        describe(**changes).build_acoustic()


@pytest.mark.parametrize(
    ("vocoder", "message"),
    [
        (ModelDescription("speedyspeech"), "no model 'speedyspeech'; there are vocos, harmonic_vocos, hifigan"),
        (ModelDescription("vocos", {**VOCOS, "hop_length": 128}), "makes 128 samples of a frame, its spectra have 256"),
            (ModelDescription("harmonic_vocos", VOCOS), "its vocoder's source is of 22050 Hz, its spectra of 16000 Hz"),
    ],
)
def test_a_vocoder_that_can_not_be_built_is_named(vocoder, message):
    with pytest.raises(DataError, match=rf"voice\.json: .*{message}"):
        describe(vocoder=vocoder).build_vocoder()
    with pytest.raises(DataError, match=rf"vocoder\.json: .*{message}"):
        VocoderDescription(vocoder, MelConfig()).build()
