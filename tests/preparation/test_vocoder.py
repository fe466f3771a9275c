"""What vocoders learn from: prepared recordings, with recorded or predicted spectra."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from making import make_corpus

from parakeet.audio.mel import log_mel
from parakeet.errors import DataError
from parakeet.preparation.prepare import PrepareConfig, prepare
from parakeet.preparation.vocoder import PredictedMels, vocoder_cargoes


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_corpus(folder / "corpus")
    return prepare(folder / "corpus", folder / "prepared", PrepareConfig(), workers=1)


@pytest.fixture
def predicted(prepared, tmp_path):
    """What `parakeet predict` leaves, but that every spectrum is the recorded one and 100 more."""
    folder = tmp_path / "predicted"
    (folder / "mel").mkdir(parents=True)
    (folder / "predicted.json").write_text(json.dumps({"mel": asdict(prepared.mel_config)}))
    for i in range(len(prepared)):
        np.save(folder / "mel" / f"{prepared.describe(i)}.npy", prepared[i]["mel"] + np.float32(100))
    return folder


def cargoes(prepared, **options):
    return vocoder_cargoes(prepared, 1, crop_frames=16, batch_size=4, valid=1, valid_frames=20, **options)


def test_crops_of_all_recordings_are_trained_on_and_middles_of_held_out_ones_looked_at(prepared):
    train, valid = cargoes(prepared)
    batches = list(train)
    assert len(batches) == max(4, prepared.lengths(prepared.indices("train")).sum() // 16) // 4
    assert {batch["mel"].shape for batch in batches} == {(4, 16, 80)}
    assert {batch["wav"].shape for batch in batches} == {(4, 16 * 256)}
    (middle,) = list(valid)
    assert middle["utt_id"] == [prepared.describe(prepared.indices("valid")[0])]
    assert middle["mel"].shape == (1, 20, 80)
    assert train.dataset.fingerprint() == prepared.fingerprint()


def test_a_crop_of_a_spectrum_is_the_spectrum_of_the_crop(prepared):
    """But for its edges, where the recording goes on and the crop does not."""
    batch = next(iter(cargoes(prepared)[1]))
    spectrum = log_mel(batch["wav"][0], prepared.mel_config)
    np.testing.assert_allclose(spectrum[2:-3], batch["mel"][0, 2:-2], atol=2e-2)


def test_predicted_spectra_stand_beside_the_same_samples(prepared, predicted):
    train, valid = cargoes(prepared, gains=(0.0, 0.0), predicted=predicted)
    assert all((batch["mel"] > 50).all() for batch in train)
    assert all((batch["mel"] > 50).all() for batch in valid)
    for batch in train.iterator(epoch=0):  # what a made-up spectrum was made of is found again at the same samples
        for mel, wav in zip(batch["mel"], batch["wav"], strict=True):
            np.testing.assert_allclose(log_mel(wav, prepared.mel_config)[2:-6], mel[2:-5] - 100, atol=0.1)
    assert train.dataset.fingerprint().startswith(prepared.fingerprint() + " ")


def test_a_share_of_recorded_spectra_may_stay(prepared, predicted):
    train, valid = cargoes(prepared, predicted=predicted, predicted_share=0.5)
    shares = [(batch["mel"][:, 0, 0] > 50).mean() for batch in train]
    assert 0.2 < np.mean(shares) < 0.8
    assert all((batch["mel"] > 50).all() for batch in valid)


def test_utterances_that_were_not_predicted_are_named(prepared, predicted):
    names = [prepared.describe(i) for i in prepared.indices("train")[:2]]
    for name in names:
        (predicted / "mel" / f"{name}.npy").unlink()
    with pytest.raises(DataError, match=rf"2 of 9 utterances are missing: {names[0]}, {names[1]}\. Predict the splits"):
        cargoes(prepared, predicted=predicted)


def test_a_spectrum_of_another_length_is_named(prepared, predicted):
    name = prepared.describe(prepared.indices("train")[0])
    np.save(predicted / "mel" / f"{name}.npy", np.zeros((3, 80), np.float32))
    with pytest.raises(DataError, match=rf"1 spectra do not fit .*: {name}.npy: expected \(\d+, 80\) float32, received \(3, 80\)"):
        cargoes(prepared, predicted=predicted)


def test_a_torn_file_is_named(prepared, predicted):
    name = prepared.describe(prepared.indices("train")[0])
    (predicted / "mel" / f"{name}.npy").write_bytes(b"torn")
    with pytest.raises(DataError, match=rf"1 spectra do not fit .*: {name}.npy: expected .* received what is no array"):
        cargoes(prepared, predicted=predicted)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "holds no predicted spectra. Make them with `parakeet predict RUN"),
        ("{", "Predict them again"),
        ("{}", "'mel' does not say how its spectra were made"),
        ('{"mel": {"hop": 3}}', "'mel' does not say how its spectra were made"),
        ('{"mel": {"hop_length": 200}}', r"made otherwise than those of .*: hop_length: 200 != 256"),
    ],
)
def test_predicted_spectra_of_another_kind_are_refused(prepared, predicted, content, message):
    path = Path(predicted) / "predicted.json"
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(DataError, match=message):
        PredictedMels(predicted, prepared, [0])


def test_a_batch_for_filters_of_a_source_holds_harmonics_of_the_recorded_pitch_and_fresh_noise(prepared):
    train, _ = vocoder_cargoes(prepared, 0, crop_frames=20, batch_size=2, valid=2, valid_frames=20, sourced=True)
    batch, mel = next(iter(train)), prepared.mel_config
    assert batch["harmonics"].shape == batch["noise"].shape == (2, 20, 2, 1 + mel.n_fft // 2)
    assert batch["pitch"].shape == batch["voiced"].shape == (2, 20)
    assert (batch["pitch"] > 0).all()
    assert set(np.unique(batch["voiced"])) <= {0.0, 1.0}
    magnitude = np.hypot(batch["harmonics"][:, :, 0], batch["harmonics"][:, :, 1])
    lowest = magnitude[:, :, 2:14].argmax(axis=2) + 2  # bins of the fundamental, past what the window makes of a constant
    np.testing.assert_allclose(lowest * mel.sample_rate / mel.n_fft, batch["pitch"], atol=mel.sample_rate / mel.n_fft)
    assert 0.8 < np.hypot(batch["noise"][:, :, 0], batch["noise"][:, :, 1]).std() * 2 < 1.2
    again = vocoder_cargoes(prepared, 0, crop_frames=20, batch_size=2, valid=2, valid_frames=20, sourced=True)[0]
    np.testing.assert_array_equal(next(iter(again))["noise"], batch["noise"])
