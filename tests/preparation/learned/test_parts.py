"""The parts of the learning aligner: what it hears, what it walks, what it models, and where it puts a border."""

import numpy as np
import pytest

from parakeet.frontend.pronunciation import WordPronunciation
from parakeet.preparation.learned.borders import move_to_changes
from parakeet.preparation.learned.script import Script, phones_of
from parakeet.preparation.learned.sounds import (
    CONTEXT,
    FINE_HOP,
    N_CEPSTRA,
    cepstra,
    fine_spectrum,
    first_view,
    frame_seconds,
    in_context,
)
from parakeet.preparation.learned.states import Scatter, estimate
from parakeet.preparation.sphinx import AlignmentFailure

WORDS = [
    WordPronunciation("ab", ("a", "b"), "espeak"),
    WordPronunciation(",", (",",), "punctuation"),
    WordPronunciation("c", ("c",), "espeak"),
    WordPronunciation("%", (), "left out"),
    WordPronunciation("a", ("a",), "espeak"),
]
NUMBERS = {"a": 1, "b": 2, "c": 3}


# -- what it hears -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 24000, 44100, 48000])
def test_every_rate_gives_a_frame_about_every_five_milliseconds(rate):
    wav = np.random.default_rng(0).standard_normal(rate).astype(np.float32) * 0.1
    assert cepstra(wav, rate).shape == (1 + int(1 / frame_seconds(rate)), N_CEPSTRA)
    assert len(fine_spectrum(wav, rate)) == 1 + int(1 / frame_seconds(rate, FINE_HOP) + 1e-9)
    assert frame_seconds(rate) == pytest.approx(0.005, rel=0.01)


def test_digital_silence_has_a_spectrum():
    assert cepstra(np.zeros(16000, np.float32), 16000).std(axis=0).min() > 0.01


def test_the_first_view_shows_a_frame_and_its_differences():
    frames = np.random.default_rng(0).standard_normal((30, N_CEPSTRA))
    seen = in_context(frames) @ first_view()
    padded = np.pad(frames, ((CONTEXT, CONTEXT), (0, 0)), mode="edge")
    slope = sum(i * (padded[2 + i :][: len(padded) - 4] - padded[2 - i :][: len(padded) - 4]) for i in (1, 2)) / 10
    bend = sum(i * (slope[2 + i :][:30] - slope[2 - i :][:30]) for i in (1, 2)) / 10
    np.testing.assert_allclose(seen, np.concatenate([frames, slope[2:-2], bend], axis=1), atol=1e-6)


# -- what it walks -------------------------------------------------------------------------------------------------------------------


def test_phones_have_three_states_and_pauses_may_be_passed_over():
    script = Script(WORDS, NUMBERS, min_pause=0.05)
    phones = script.states[~script.optional].reshape(-1, 3).tolist()
    assert phones == [[3, 4, 5], [6, 7, 8], [9, 10, 11], [3, 4, 5]]
    pauses = {piece: script.states[script.owner == piece].tolist() for piece in (0, 3, 5, 7)}
    assert pauses == {0: [0, 1, 2], 3: [0, 1, 2], 5: [0, *[1] * 8, 2], 7: [0, 1, 2]}
    assert script.least_frames == 12


def test_the_rough_text_holds_the_expected_pauses_and_is_divided_evenly():
    script = Script(WORDS, NUMBERS, min_pause=0.05)
    numbers, pauses = script.rough_text()
    assert numbers.tolist() == [1, 2, 3, 1, 4, 2, 1]
    assert pauses.tolist() == [True, False, False, True, False, False, True]
    path = script.path_of([0, 6, 2, 1, 4, 3, 5])
    assert script.states[path].tolist() == [3, 3, 4, 4, 5, 5, 6, 7, 0, 9, 9, 10, 11, 3, 4, 5, 0, 0, 1, 1, 2]


def test_segments_take_the_pieces_times():
    script = Script([*WORDS[:2], WordPronunciation("-", ("-",), "punctuation"), *WORDS[2:]], NUMBERS, min_pause=0.05)
    starts = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.6, 0.6])
    segments = script.segments(starts, np.arange(8) * -1.0)
    assert [segment.symbol for segment in segments] == ["sil", "a", "b", ",", "-", "c", "a", "sil"]
    assert [segment.start_seconds for segment in segments] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.4, 0.5, 0.6]
    assert [segment.score for segment in segments] == [0.0, -1.0, -2.0, -3.0, None, -4.0, -6.0, None]


def test_a_text_without_words_is_refused():
    with pytest.raises(AlignmentFailure, match="the text holds no word"):
        phones_of([WORDS[1], WORDS[3]])


# -- what it models ------------------------------------------------------------------------------------------------------------------


def made_states(n=4000):
    """Two states in two dimensions: one Gaussian, and two apart."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, n)
    centre = np.where(labels[:, None] == 0, [[0.0, 0.0]], np.where(rng.random((n, 1)) < 0.3, [[4.0, 0.0]], [[4.0, 6.0]]))
    return (centre + 0.5 * rng.standard_normal((n, 2))).astype(np.float32), labels


def test_gaussians_are_found_and_their_likelihood_is_scipys():
    from scipy.stats import norm

    frames, labels = made_states()
    states = estimate(np.eye(2, dtype=np.float32), frames, labels, 3)
    np.testing.assert_allclose(states.mean[0, 0], [0, 0], atol=0.05)
    np.testing.assert_allclose(states.mean[2, 0], frames.mean(axis=0), atol=1e-5, err_msg="a state without frames is like all")
    expected = norm(states.mean[:, 0], np.sqrt(states.variance[:, 0])).logpdf(frames[:50, None]).sum(axis=2) + np.log(2 * np.pi)
    np.testing.assert_allclose(states.log_likelihood(frames[:50], np.array([2, 0, 1])), expected[:, [2, 0, 1]], rtol=1e-4, atol=1e-3)


def test_a_mixture_takes_a_state_apart():
    frames, labels = made_states()
    states = estimate(np.eye(2, dtype=np.float32), frames, labels, 2)
    for _ in range(8):
        states = estimate(states.view, frames, labels, 2, states, n_components=2)
    order = states.mean[1, :, 1].argsort()
    np.testing.assert_allclose(states.mean[1][order], [[4, 0], [4, 6]], atol=0.1)
    np.testing.assert_allclose(states.weight[1][order], [0.3, 0.7], atol=0.03)
    assert states.weight.sum(axis=1) == pytest.approx(1.0)


def test_the_view_is_the_direction_in_which_states_lie_apart():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 3000)
    frames = rng.standard_normal((3000, 4)) * [5.0, 1.0, 1.0, 1.0]
    frames[:, 2] += 3.0 * labels
    scatter = Scatter(5, 4)
    for part in (slice(0, 1000), slice(1000, 3000)):
        scatter.add(frames[part], labels[part])
    (direction,) = scatter.view(1).T
    assert abs(direction[2]) > 20 * np.abs(direction[[0, 1, 3]]).max()
    seen = frames @ direction
    assert np.mean([seen[labels == n].var() for n in range(3)]) == pytest.approx(1.0, rel=0.01)


# -- where it puts a border ----------------------------------------------------------------------------------------------------------


def test_a_border_moves_to_where_the_spectrum_changes():
    step = 0.0025
    spectrum = np.repeat([[0.0, 1.0], [3.0, 1.0], [3.0, -2.0], [0.0, 0.0]], [40, 30, 50, 40], axis=0)
    spectrum += 0.1 * np.random.default_rng(0).standard_normal(spectrum.shape)
    truth = (np.array([40, 70, 120]) - 0.5) * step
    for off in (-0.02, 0.0, 0.02):
        found = move_to_changes(np.array([0.0, *(truth + off), 0.4]), spectrum, step)
        np.testing.assert_allclose(found, [0.0, *truth, 0.4], atol=1e-9)


def test_borders_stay_in_order_and_what_has_no_length_keeps_none():
    rng = np.random.default_rng(0)
    for _ in range(200):
        starts = np.sort(rng.uniform(0, 1, 40))
        starts[0], starts[-1] = 0.0, 1.0
        starts[10:12] = starts[12]
        found = move_to_changes(starts, rng.standard_normal((401, 3)), 0.0025)
        assert (np.diff(found) >= 0).all()
        assert found[10] == found[11] == found[12]
        assert (found[0], found[-1]) == (0.0, 1.0)
        assert np.abs(found - starts).max() < 0.035
