"""The dynamic graph behind an engine's shape: numpy in, numpy out, for sentences of any length."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import paddle
import pytest

from parakeet.audio.mel import MelConfig
from parakeet.errors import DataError
from parakeet.models.fastspeech2 import FastSpeech2
from parakeet.models.hifigan import HiFiGAN
from parakeet.models.vocos import HarmonicVocos, Vocos
from parakeet.voice import ModelDescription, VoiceDescription
from parakeet.voice.engines import load_engine
from parakeet.voice.engines.dynamic import dynamic_engine

DESCRIPTION = VoiceDescription(
    acoustic=ModelDescription("fastspeech2"),
    symbols=list("abcdefgh"),
    frontend="english",
    mel=MelConfig(),
    vocoder=ModelDescription("griffin_lim", {"iterations": 2}),
)


def small_acoustic(seed=1):
    paddle.seed(seed)
    model = FastSpeech2(9, 80, 16, 1, 1, 2, 32, pitch_blocks=1, postnet_blocks=0)
    model.duration_predictor.output.bias.set_value(paddle.to_tensor([1.6]))
    return model


def small_vocos():
    paddle.seed(2)
    return Vocos(80, 16, 32, 2)


def small_harmonic_vocos():
    paddle.seed(2)
    return HarmonicVocos(80, 16, 32, 2, sample_rate=16000, feedback=0.5)


def small_hifigan():
    paddle.seed(3)
    return HiFiGAN(80, 16, (8, 8, 4), (16, 16, 8), (3,), (((1,),),))


def ids(count, seed=0):
    return np.random.default_rng(seed).integers(1, 9, count)


VOCODERS = {"griffin_lim": lambda: None, "vocos": small_vocos, "harmonic_vocos": small_harmonic_vocos, "hifigan": small_hifigan}


@pytest.fixture(scope="module", params=list(VOCODERS))
def engine(request):
    return dynamic_engine(DESCRIPTION, small_acoustic(), VOCODERS[request.param]())


def test_a_sentence_becomes_its_frames_and_its_samples(engine):
    mel, durations = engine.acoustic(ids(12))
    assert (mel.dtype, mel.shape, durations.dtype, durations.shape) == (np.float32, (durations.sum(), 80), np.int64, (12,))
    wav = engine.vocode(mel)
    assert (wav.dtype, wav.shape) == (np.float32, (len(mel) * 256,))
    assert np.abs(wav).max() <= 1


def test_controls_are_one_number_or_one_for_each_symbol():
    engine, symbols = dynamic_engine(DESCRIPTION, small_acoustic()), ids(12)
    whole = engine.acoustic(symbols, 0.5, 1.0, 1.0)
    each = engine.acoustic(symbols, np.full(12, 0.5), np.ones(12), np.ones(12))
    np.testing.assert_array_equal(whole[0], each[0])
    rate = np.ones(12)
    rate[3] = 0.25
    slow = engine.acoustic(symbols, rate)[1] - engine.acoustic(symbols)[1]
    assert slow[3] > 0
    assert not np.delete(slow, 3).any()


def test_a_control_of_another_length_is_refused_by_name():
    engine = dynamic_engine(DESCRIPTION, small_acoustic())
    with pytest.raises(DataError, match=r"pitch_shift: expected a number, or one for each of 12 symbols, received shape \(11,\)"):
        engine.acoustic(ids(12), 1.0, np.zeros(11))
    with pytest.raises(DataError, match=r"ids: expected \(S,\), one symbol at least, received shape \(0,\)"):
        engine.acoustic([])


def test_no_frames_are_no_samples(engine):
    mel, durations = engine.acoustic(ids(3), 1e6)
    assert (mel.shape, durations.tolist(), len(engine.vocode(mel))) == ((0, 80), [0, 0, 0], 0)


def test_threads_do_not_disturb_each_other(engine):
    def speak(n):
        mel, durations = engine.acoustic(ids(5 + n % 4, n))
        return mel.tobytes(), durations.tobytes(), engine.vocode(mel).tobytes()

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(speak, range(32))) == [speak(n) for n in range(32)]


def test_the_noise_of_a_source_is_chosen_by_the_seed():
    engine = dynamic_engine(DESCRIPTION, small_acoustic(), small_harmonic_vocos())
    mel = engine.acoustic(ids(12))[0]
    first, again, other = (engine.vocode(mel, seed=seed) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert 0 < np.abs(first - other).max() < np.abs(first).max()


def test_a_model_lent_by_a_training_loop_is_given_back_in_its_mode():
    model = small_acoustic()
    engine = dynamic_engine(DESCRIPTION, model)
    model.train()
    first = engine.acoustic(ids(12))[0]
    assert model.training
    np.testing.assert_array_equal(engine.acoustic(ids(12))[0], first)


def test_an_unknown_engine_is_named_with_the_nearest():
    with pytest.raises(DataError, match="no engine 'dynamik'; there are onnx, static, dynamic, or auto. Did you mean 'dynamic'"):
        load_engine("dynamik", "somewhere", DESCRIPTION, None)
