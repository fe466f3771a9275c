"""What pocketsphinx is given to hear."""

import numpy as np

from parakeet.preparation.sphinx import EDGE, MODEL_RATE, decoder_pcm

EDGE_SAMPLES = round(EDGE * MODEL_RATE)


def heard(wav):
    """What the decoder hears between the edges, at the recording's own level."""
    pcm = np.frombuffer(decoder_pcm(wav, MODEL_RATE), "<i2")[EDGE_SAMPLES:-EDGE_SAMPLES].astype(np.float64)
    return pcm * (pcm @ wav) / (pcm @ pcm)


def tone(level=0.5):
    room = np.random.default_rng(0).normal(scale=1e-4, size=8000)
    return level * np.sin(0.2 * np.arange(8000)) + room


def test_perfect_silence_gets_a_faint_room_as_does_the_rest_of_the_recording():
    wav = tone()
    wav[2000:5000] = 0.0
    added = heard(wav) - wav
    for part in (slice(0, 2000), slice(2000, 5000), slice(5000, 8000)):
        assert 0.5e-3 < added[part].std() / np.abs(wav).max() < 1.5e-3


def test_a_recording_made_in_a_room_is_heard_as_it_is():
    wav = tone()
    np.testing.assert_allclose(heard(wav), wav, atol=1e-4)


def test_a_recording_of_less_than_a_moment_is_heard():
    assert len(heard(tone()[:50])) == 50
