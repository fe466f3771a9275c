"""A voice from its parts: what fits, what is refused, what repeats itself."""

import numpy as np
import paddle
import pytest

from parakeet.audio.mel import MelConfig
from parakeet.checkpoint import SnapshotStore
from parakeet.errors import DataError, SnapshotError, TextError
from parakeet.frontend import load_frontend
from parakeet.voice import ModelDescription, Voice, VoiceDescription
from parakeet.voice.engines.dynamic import dynamic_engine
from parakeet.voice.weights import set_weights

OPTIONS = {"channels": 16, "encoder_dilations": [1], "decoder_dilations": [1], "predictor_channels": 8, "kernel_size": 3}


def describe(**changes):
    values = {
        "acoustic": ModelDescription("speedyspeech", OPTIONS),
        "symbols": ["sil", *load_frontend("english").symbols],
        "frontend": "english",
        "mel": MelConfig(),
        "vocoder": ModelDescription("griffin_lim", {"iterations": 2}),
    }
    return VoiceDescription(**{**values, **changes})


@pytest.fixture
def run(tmp_path):
    """A run folder whose model makes every symbol last some frames."""
    description = describe()
    paddle.seed(3)
    model = description.build_acoustic()
    model.duration_predictor.output.bias.set_value(paddle.to_tensor([1.6]))
    description.save(tmp_path)
    SnapshotStore(tmp_path / "snapshots").save(1, {"models": {"main": model.state_dict()}})
    return tmp_path


def test_a_voice_reads_texts_with_the_options_it_was_prepared_with(tmp_path):
    pytest.importorskip("espeakng_loader", reason="needs the espeakng-loader wheel")
    german = load_frontend("espeak", language="de")
    describe(frontend="espeak", frontend_options={"language": "de"}, symbols=["sil", *german.symbols]).save(tmp_path)
    description = VoiceDescription.load(tmp_path)
    voice = Voice(description, dynamic_engine(description, description.build_acoustic()))
    assert voice.phones("Ich auch. Ja?") == [["sil", *german.phones("Ich auch.")], ["sil", *german.phones("Ja?")]]


def test_speech_fits_its_durations_and_repeats_itself_to_the_bit(run):
    voice = Voice.load(run)
    speech = voice.speak("One. Two three?")
    assert speech.durations.sum() == len(speech.mel)
    assert len(speech.wav) == len(speech.mel) * 256
    assert len(speech.phones) == len(speech.durations)
    assert speech.seconds == len(speech.wav) / 16000
    np.testing.assert_array_equal(Voice.load(run).speak("One. Two three?").wav, speech.wav)


def test_each_sentence_is_spoken_by_itself(run):
    voice = Voice.load(run)
    both = voice.speak("One. Two three?")
    first, second = voice.speak("One."), voice.speak("Two three?")
    np.testing.assert_allclose(both.mel, np.concatenate([first.mel, second.mel]), atol=1e-5)
    assert both.phones == first.phones + second.phones
    assert [sentence[0] for sentence in voice.phones("One. Two three?")] == ["sil", "sil"]


def test_a_slower_rate_lasts_longer(run):
    voice = Voice.load(run)
    assert voice.speak("One two.", rate=0.5).durations.sum() > 1.5 * voice.speak("One two.").durations.sum()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": 0}, "rate: expected a number from 0.1 to 10, received 0"),
        ({"rate": float("inf")}, "rate: expected a number from 0.1 to 10, received inf"),
        ({"rate": 1e-9}, "rate: expected a number from 0.1 to 10, received 1e-09"),
        ({"pitch_shift": float("nan")}, "pitch_shift: expected a number from -10 to 10, received nan"),
        ({"seed": -1}, "seed: expected 0 or a greater whole number, received -1"),
    ],
)
def test_what_no_voice_can_do_is_refused_by_name(run, options, message):
    with pytest.raises(DataError, match=message):
        Voice.load(run).speak("One two.", **options)


def test_a_lexicon_wins_over_the_dictionary(run):
    (run / "words.txt").write_text("one  T UW1\n")
    assert Voice.load(run, lexicon=run / "words.txt").phones("One.") == [["sil", "T", "UW1", "."]]


def test_a_text_with_nothing_to_speak_is_refused(run):
    with pytest.raises(TextError):
        Voice.load(run).speak("   ")


def test_a_run_without_a_snapshot_says_how_to_get_one(tmp_path):
    describe().save(tmp_path)
    with pytest.raises(SnapshotError, match=f"no valid snapshot yet.*parakeet resume {tmp_path}"):
        Voice.load(tmp_path)


def test_weights_that_do_not_fit_are_named_instead_of_skipped(run):
    model = describe().build_acoustic()
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    weights["stranger"] = weights.pop("output.bias")
    weights["output.weight"] = weights["output.weight"][:, :3]
    with pytest.raises(DataError) as caught:
        set_weights(model, weights, "a snapshot")
    text = str(caught.value)
    assert "missing 'output.bias'" in text
    assert "unexpected 'stranger'" in text
    assert "'output.weight' has shape [80, 3, 1], expected [80, 16, 1]" in text
