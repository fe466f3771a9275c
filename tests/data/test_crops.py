"""Crops: recordings and their spectra, cut together."""

import numpy as np
import pytest

from parakeet.data import Crops, DataCargo, ListDataset
from parakeet.data.crops import SILENCE
from parakeet.errors import DataError

HOP = 4


def example(frames, predicted=None, utt_id="u"):
    """A recording whose sample n is n, and a spectrum whose frame t is t: where a crop begins can be read from both."""
    samples = (frames - 1) * HOP + 1
    mel = np.repeat(np.arange(frames, dtype=np.float32)[:, None], 3, axis=1)
    found = {"utt_id": utt_id, "mel": mel, "wav": np.arange(samples, dtype=np.float32)}
    return found if predicted is None else {**found, "predicted": mel + predicted}


def rng(seed=0):
    return np.random.default_rng(seed)


def test_frames_and_samples_of_a_crop_begin_at_the_same_place_and_every_place_is_met():
    starts = set()
    for seed in range(200):
        batch = Crops(5, HOP, gains=(0.0, 0.0))([example(9)], rng(seed))
        first = int(batch["mel"][0, 0, 0])
        starts.add(first)
        np.testing.assert_array_equal(batch["mel"][0, :, 0], np.arange(first, first + 5))
        wav = np.arange(first * HOP, (first + 5) * HOP)
        np.testing.assert_array_equal(batch["wav"][0], np.where(wav <= 8 * HOP, wav, 0))
    assert starts == set(range(5))


def test_without_gains_the_middle_is_taken_as_it_is():
    batch = Crops(3, HOP)([example(9), example(8)], rng())
    assert batch["mel"][:, 0, 0].tolist() == [3, 2]
    assert batch["wav"].shape == (2, 3 * HOP)
    assert batch["utt_id"] == ["u", "u"]


def test_a_short_recording_is_continued_by_silence():
    batch = Crops(6, HOP)([example(4)], rng())
    np.testing.assert_allclose(batch["mel"][0, :, 0], [0, 1, 2, 3, SILENCE, SILENCE], rtol=1e-6)
    assert not batch["wav"][0, 3 * HOP + 1 :].any()


def test_a_gain_changes_recording_and_spectrum_alike_and_silence_stays_silence():
    quiet = {**example(4), "mel": np.full((4, 3), SILENCE, np.float32)}
    batch = Crops(4, HOP, gains=(-6.0, -6.0))([example(4), quiet], rng())
    factor = 10 ** (-6 / 20)
    np.testing.assert_allclose(batch["mel"][0, :, 0], np.arange(4) + np.log(factor), rtol=1e-6)
    np.testing.assert_allclose(batch["wav"][0, : 3 * HOP + 1], np.arange(3 * HOP + 1) * factor, rtol=1e-6)
    np.testing.assert_allclose(batch["mel"][1], SILENCE, rtol=1e-6)
    assert (batch["mel"].dtype, batch["wav"].dtype) == (np.float32, np.float32)


@pytest.mark.parametrize(("share", "taken"), [(0.0, 0), (1.0, 400), (0.75, 300)])
def test_a_share_of_the_crops_takes_predicted_spectra(share, taken):
    batch = Crops(4, HOP, (0.0, 0.0), share)([example(4, predicted=100.0)] * 400, rng())
    found = int((batch["mel"][:, 0, 0] >= 100).sum())
    assert found == taken if share in (0, 1) else abs(found - taken) < 40


def test_a_crop_depends_on_the_position_alone():
    cargo = DataCargo(ListDataset([example(20, utt_id=f"u{n}") for n in range(8)]), Crops(4, HOP, (-6.0, 3.0)), 2, shuffle=True, seed=3)
    whole = list(cargo.iterator(epoch=1))
    again = list(cargo.iterator(epoch=1, consumed=4))
    for ours, theirs in zip(again, whole[2:], strict=True):
        np.testing.assert_array_equal(ours["wav"], theirs["wav"])
        np.testing.assert_array_equal(ours["mel"], theirs["mel"])


def test_a_recording_and_a_spectrum_that_do_not_belong_together_are_refused():
    wrong = {**example(9), "wav": np.zeros(9 * HOP, np.float32)}
    with pytest.raises(DataError, match="expected 10 frames for the 36 samples of 'u', one every 4; its spectrum has 9"):
        Crops(3, HOP)([wrong], rng())
    with pytest.raises(DataError, match=r"expected n_frames and hop_length of 1 at least, received 0 and 4"):
        Crops(0, HOP)
    with pytest.raises(DataError, match=r"expected a predicted_share from 0 to 1, received 1.5"):
        Crops(3, HOP, predicted_share=1.5)
    with pytest.raises(DataError, match=r"expected the lowest of the gains and the highest, received \(3, -6\)"):
        Crops(3, HOP, gains=(3, -6))


def test_tracks_are_cut_with_the_spectrum_and_continued_by_their_last_number():
    example = {"utt_id": "a", "mel": np.zeros((5, 2), np.float32), "wav": np.zeros(39, np.float32), "pitch": np.arange(5.0)}
    batch = Crops(3, 8, gains=(0, 0), tracks=["pitch"])([example] * 8, np.random.default_rng(0))
    assert batch["pitch"].shape == (8, 3)
    assert np.all(np.diff(batch["pitch"]) == 1)
    assert len(set(batch["pitch"][:, 0])) > 1
    np.testing.assert_array_equal(Crops(7, 8, tracks=["pitch"])([example], None)["pitch"], [[0, 1, 2, 3, 4, 4, 4]])
