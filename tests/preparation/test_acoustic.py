"""What an acoustic model is given of prepared data."""

import pickle

import numpy as np
import pytest
from making import make_corpus

from parakeet.audio.symbols import energy_by_symbol, pitch_by_symbol
from parakeet.preparation.acoustic import SymbolArrays, acoustic_cargoes
from parakeet.preparation.prepare import prepare


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_corpus(folder / "corpus")
    return prepare(folder / "corpus", folder / "prepared", workers=1)


def test_pitch_and_energy_are_in_standard_deviations_of_the_training_data_and_have_no_holes(prepared):
    to_arrays = SymbolArrays(prepared)
    energies = np.concatenate([to_arrays(prepared[i])["energy"] for i in prepared.indices("train")])
    lasting = np.concatenate([prepared[i]["durations"] for i in prepared.indices("train")]) > 0
    assert energies[lasting].mean() == pytest.approx(0, abs=1e-4)
    assert energies[lasting].std() == pytest.approx(1, abs=1e-4)
    for i in range(len(prepared)):
        example, arrays = prepared[i], to_arrays(prepared[i])
        assert len(arrays["text"]) == len(arrays["pitch"]) == len(arrays["energy"]) == len(example["phones"])
        assert np.isfinite(arrays["pitch"]).all()
        voiced = ~np.isnan(pitch_by_symbol(example["pitch"], example["durations"]))
        hertz = np.exp(arrays["pitch"] * prepared.statistics["log_pitch_std"] + prepared.statistics["log_pitch_mean"])
        expected = np.exp(pitch_by_symbol(example["pitch"], example["durations"])[voiced])
        np.testing.assert_allclose(hertz[voiced], expected, rtol=1e-4)


def test_a_louder_recording_differs_by_the_same_amount_in_every_symbol(prepared):
    example, to_arrays = prepared[0], SymbolArrays(prepared)
    louder = to_arrays({**example, "energy": example["energy"] * 2})["energy"] - to_arrays(example)["energy"]
    spoken = energy_by_symbol(example["energy"], example["durations"]) > 0  # not the digital silence at the end
    assert spoken.sum() > 5
    np.testing.assert_allclose(louder[spoken], louder[spoken].mean(), rtol=1e-4)


def test_batches_hold_every_utterance_once_padded_with_zeros(prepared):
    train, valid = acoustic_cargoes(prepared, batch_frames=400, seed=3)
    seen = []
    for batch in train:
        seen += batch["utt_id"]
        for row, (symbols, frames) in enumerate(zip(batch["text_lengths"], batch["mel_lengths"], strict=True)):
            assert batch["durations"][row].sum() == frames
            for name in ("text", "durations", "pitch", "energy"):
                assert batch[name].shape == batch["text"].shape
                assert not batch[name][row, symbols:].any()
            assert not batch["mel"][row, frames:].any()
    assert sorted(seen) == sorted(prepared.describe(i) for i in prepared.indices("train"))
    assert [name for batch in valid for name in batch["utt_id"]] == [prepared.describe(i) for i in prepared.indices("valid")]


def test_it_goes_to_a_worker_process_and_gives_the_same_there(prepared):
    to_arrays = SymbolArrays(prepared)
    there = pickle.loads(pickle.dumps(to_arrays))  # multiprocessing's transport
    np.testing.assert_array_equal(there(prepared[1])["energy"], to_arrays(prepared[1])["energy"])
