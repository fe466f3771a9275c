"""Sound as it is made equals sound made at once, with any vocoder and any chunk."""

import numpy as np
import pytest
from making_voices import HARMONIC_VOCOS, HIFIGAN, VOCOS, describe

from parakeet.voice import ModelDescription
from parakeet.voice.engines.dynamic import dynamic_engine
from parakeet.voice.streaming import FIRST_FRAMES, ChunkSizes

OPTIONS = {
    "vocos": {**VOCOS, "n_blocks": 4},
    "harmonic_vocos": {**HARMONIC_VOCOS, "n_blocks": 4},
    "hifigan": HIFIGAN,
    "griffin_lim": {"iterations": 2},
}


@pytest.fixture(params=["vocos", "harmonic_vocos", "hifigan", "griffin_lim"])
def engine(request):
    import paddle

    paddle.seed(5)
    description = describe(vocoder=ModelDescription(request.param, OPTIONS[request.param]))
    vocoder = description.build_vocoder()
    rng = np.random.default_rng(0)
    for parameter in vocoder.parameters() if vocoder is not None else ():
        parameter.set_value(parameter.numpy() + 0.1 * rng.standard_normal(parameter.shape).astype(np.float32))
    return dynamic_engine(description, description.build_acoustic(), vocoder)


def spectrum(n_frames):
    return np.random.default_rng(n_frames).normal(-4, 1, (n_frames, 80)).astype(np.float32)


@pytest.mark.parametrize("n_frames", [1, 2, FIRST_FRAMES, FIRST_FRAMES + 1, 100, 333])
def test_chunks_together_equal_the_whole(engine, n_frames):
    mel = spectrum(n_frames)
    whole = engine.vocode(mel)
    chunks = list(engine.vocode_in_chunks(mel, ChunkSizes()))
    np.testing.assert_allclose(np.concatenate(chunks), whole, atol=0 if engine.drifts else 1e-5)
    assert np.abs(whole).max() > 0.01
    assert all(len(chunk) % 256 == 0 for chunk in chunks)


@pytest.mark.parametrize("sizes", [(1, 1), (7, 7), (333, 333)])
def test_chunks_may_have_any_size(engine, sizes):
    mel = spectrum(60)
    chunks = list(engine.vocode_in_chunks(mel, ChunkSizes(*sizes)))
    np.testing.assert_allclose(np.concatenate(chunks), engine.vocode(mel), atol=1e-3 if engine.drifts else 1e-5)


def test_a_frame_less_of_surroundings_would_be_heard():
    """So that the test above can fail: the context of an engine is what it needs."""
    import paddle

    paddle.seed(5)
    description = describe(vocoder=ModelDescription("hifigan", HIFIGAN))
    engine = dynamic_engine(description, description.build_acoustic(), description.build_vocoder())
    mel, whole = spectrum(100), None
    for parameter in engine._vocoder.run.model.parameters():
        parameter.set_value(paddle.abs(parameter) + 0.02)
    whole = engine.vocode(mel)
    np.testing.assert_allclose(np.concatenate(list(engine.vocode_in_chunks(mel, ChunkSizes()))), whole, atol=1e-5)
    engine._vocoder.context -= 2
    assert np.abs(np.concatenate(list(engine.vocode_in_chunks(mel, ChunkSizes()))) - whole).max() > 1e-5


def test_chunks_are_small_at_first_then_they_grow():
    sizes = ChunkSizes(first=16, most=100)
    assert [sizes() for _ in range(5)] == [16, 32, 64, 100, 100]


def test_where_the_whole_spectrum_is_needed_it_is_one_chunk():
    description = describe()
    engine = dynamic_engine(description, description.build_acoustic())
    assert len(list(engine.vocode_in_chunks(spectrum(200), ChunkSizes()))) == 1
