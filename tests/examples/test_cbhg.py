"""CBHG on its tiny configuration: trained, left, resumed, listened to."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from loading import run_python
from making import make_corpus

from parakeet.checkpoint import SnapshotStore
from parakeet.preparation.linear import LinearSpectra, linear_cargoes
from parakeet.preparation.prepare import prepare

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "cbhg"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_corpus(folder / "corpus")
    return prepare(folder / "corpus", folder / "prepared", workers=1)


def test_it_is_trained_left_resumed_and_heard(prepared, tmp_path):
    run, options = tmp_path / "run", ["--config", EXAMPLE / "configs/tiny.yaml", "--data", prepared.directory]
    run_python(EXAMPLE / "train.py", "train", *options, "--output", run, "training.stop=[3,iteration]")
    assert "resumed from" in run_python("-m", "parakeet", "resume", run, "training.stop=[6,iteration]")
    assert SnapshotStore(run / "snapshots").newest().step == 6
    assert list((run / "samples").rglob("*.wav"))
    said = run_python(EXAMPLE / "synthesis.py", run, prepared.directory, tmp_path / "out")
    assert said.splitlines()[-1].startswith("u11: 0.")
    wavs = {path.name: soundfile.read(path)[0] for path in (tmp_path / "out").iterdir()}
    assert sorted(wavs) == [f"u{n}-{kind}.wav" for n in (10, 11) for kind in ("cbhg", "griffin-lim", "recorded")]
    assert all(np.isfinite(wav).all() for wav in wavs.values())


def test_mel_and_linear_spectra_are_of_the_same_frames(prepared):
    spectra = LinearSpectra(prepared)
    example = spectra[0]
    assert example["linear"].shape == (len(example["mel"]), 513)
    assert example["linear"].min() >= np.log(1e-5) - 1e-6
    mean, std = spectra.statistics()
    rows = np.concatenate([spectra[i]["linear"] for i in prepared.indices("train")])
    np.testing.assert_allclose(mean, rows.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(std, rows.std(axis=0), atol=1e-5)
    train, valid = linear_cargoes(prepared, batch_frames=300, seed=0)
    for batch in (next(iter(train)), next(iter(valid))):
        assert batch["linear"].shape[:2] == batch["mel"].shape[:2] == (len(batch["utt_id"]), batch["mel_lengths"].max())
