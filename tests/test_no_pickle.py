"""A booby-trapped file at every door: nothing of it is run, and the error says what the file is."""

import hashlib
import io
import json
import os
import pickle
import shutil
import zipfile

import numpy as np
import pytest
import yaml
from making import make_corpus

from parakeet.audio.io import read_wav
from parakeet.checkpoint import SnapshotStore
from parakeet.config import Config, load_config
from parakeet.datasets import SpeechCorpus
from parakeet.errors import ParakeetError, SnapshotError, what_is
from parakeet.frontend import load_frontend
from parakeet.preparation.prepare import prepare
from parakeet.preparation.store import PreparedData
from parakeet.training.bundle import read_bundle, read_passed_over
from parakeet.training.cli import resume
from parakeet.voice import Voice
from parakeet.voice.description import VoiceDescription

NEVER = "loading it could run any program, so parakeet never does."


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


@pytest.fixture
def marker(tmp_path):
    return tmp_path / "sprung"


@pytest.fixture(params=[0, 2, 5, "npy", "npz", "torch"])
def trap(request, marker):
    """The bytes of a trap, and what they should be called."""
    if isinstance(request.param, int):
        return pickle.dumps(Trap(marker), protocol=request.param), f"It is a pickle: {NEVER}"
    content = io.BytesIO()
    objects = np.array([Trap(marker)], dtype=object)
    if request.param == "npy":
        np.save(content, objects, allow_pickle=True)
        return content.getvalue(), f"It is a numpy file of Python objects, which are pickled: {NEVER}"
    if request.param == "npz":
        np.savez(content, weights=objects)
    else:
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps(Trap(marker)))
    return content.getvalue(), f"It is a zip archive; those that hold weights hold pickles: {NEVER}"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return make_corpus(tmp_path_factory.mktemp("corpora") / "corpus", ("train", "train", "valid"))


def refused(trap, marker, path, call):
    """Put the trap in the place of a file and walk through the door."""
    content, words = trap
    path.write_bytes(content)
    with pytest.raises(ParakeetError) as error:
        call()
    assert not marker.exists()
    assert path.name in str(error.value)
    assert words in str(error.value)


def test_the_traps_are_real(trap, marker):
    content, _ = trap
    opened = io.BytesIO(content)
    if content[:2] == b"PK":
        name = zipfile.ZipFile(opened).namelist()[0]
        inner = zipfile.ZipFile(opened).read(name)
        opened = io.BytesIO(inner)
        content = inner
    np.load(opened, allow_pickle=True) if content[:6] == b"\x93NUMPY" else pickle.load(opened)
    assert marker.is_dir()


def snapshot_with(tmp_path, file, content, consistent):
    """A snapshot one file of which is a trap; a consistent one has a manifest that vouches for it."""
    store = SnapshotStore(tmp_path / "snapshots")
    path = store.save(1, {"models": {"main": {"w": np.ones(3)}}, "trainer": {"a": 1}})
    (path / file).write_bytes(content)
    if consistent:
        document = json.loads((path / "manifest.json").read_text())
        manifest = document["manifest"]
        manifest["files"][file] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        text = json.dumps(manifest, sort_keys=True).encode()
        (path / "manifest.json").write_text(json.dumps({"manifest": manifest, "sha256": hashlib.sha256(text).hexdigest()}))
    return store


@pytest.mark.parametrize("file", ["models.safetensors", "state.json", "manifest.json"])
def test_a_snapshot_file_that_is_a_trap_is_named_and_passed_over(tmp_path, trap, marker, file):
    content, words = trap
    store = snapshot_with(tmp_path, file, content, consistent=False)
    with pytest.warns(RuntimeWarning, match="Invalid snapshot"):
        assert store.newest() is None
    assert not marker.exists()
    (problem,) = store.problems
    assert file in problem
    assert words in problem


@pytest.mark.parametrize("file", ["models.safetensors", "state.json"])
def test_a_trap_that_the_manifest_vouches_for_is_refused_when_it_is_loaded(tmp_path, trap, marker, file):
    content, words = trap
    newest = snapshot_with(tmp_path, file, content, consistent=True).newest()
    with pytest.raises(SnapshotError) as error:
        newest.load()
    assert not marker.exists()
    assert file in str(error.value)
    assert words in str(error.value)


def test_a_voice(tmp_path, trap, marker):
    refused(trap, marker, tmp_path / "voice.json", lambda: VoiceDescription.load(tmp_path))
    with pytest.raises(ParakeetError):
        Voice.load(tmp_path)
    assert not marker.exists()


@pytest.mark.parametrize("file", ["shards/00000.mel.npy", "shards/00000.wav.npy", "manifest.jsonl", "prepared.json"])
def test_features(tmp_path, trap, marker, corpus, file):
    prepare(corpus, tmp_path / "prepared", workers=1)
    refused(trap, marker, tmp_path / "prepared" / file, lambda: PreparedData(tmp_path / "prepared"))


@pytest.mark.parametrize("file", ["corpus.json", "utterances.jsonl"])
def test_a_corpus(tmp_path, trap, marker, corpus, file):
    folder = shutil.copytree(corpus, tmp_path / "corpus")
    refused(trap, marker, folder / file, lambda: SpeechCorpus(folder))


def test_a_recording(tmp_path, trap, marker):
    refused(trap, marker, tmp_path / "a.wav", lambda: read_wav(tmp_path / "a.wav"))


def test_a_run_folder(tmp_path, trap, marker):
    refused(trap, marker, tmp_path / "run.json", lambda: resume(tmp_path))


def test_a_bundle(tmp_path, trap, marker):
    refused(trap, marker, tmp_path / "bundle.json", lambda: read_bundle(tmp_path))
    refused(trap, marker, tmp_path / "passed_over.json", lambda: read_passed_over(tmp_path))


def test_a_lexicon(tmp_path, trap, marker):
    path = tmp_path / "lexicon.txt"
    path.write_bytes(trap[0])
    with pytest.raises(ParakeetError, match="lexicon"):
        load_frontend("english", lexicon=path)
    assert not marker.exists()


class Settings(Config):
    width: int = 1


def test_a_configuration(tmp_path, trap, marker):
    path = tmp_path / "config.yaml"
    path.write_bytes(trap[0])
    with pytest.raises(ParakeetError, match=r"config\.yaml"):
        load_config(Settings, path)
    assert not marker.exists()


@pytest.mark.parametrize("how", ["file", "override"])
@pytest.mark.parametrize("tag", ["!!python/object/apply:os.mkdir", "!!python/object/new:os.mkdir"])
def test_a_tag_in_a_configuration_makes_no_object(tmp_path, marker, tag, how):
    text = f"{tag} [{json.dumps(str(marker))}]"
    (tmp_path / "config.yaml").write_text(f"width: {text}\n")
    arguments = (tmp_path / "config.yaml",) if how == "file" else (None, [f"width={text}"])
    with pytest.raises(ParakeetError, match="python/object"):
        load_config(Settings, *arguments)
    assert not marker.exists()
    if "apply" in tag:
        yaml.unsafe_load(text)  # what would have happened
        assert marker.is_dir()


def test_what_a_file_is(tmp_path):
    path = tmp_path / "file"
    assert what_is(path) == ""
    path.write_bytes(b"{}")
    assert what_is(path) == ""
    path.write_bytes(b"RIFF....WAVE")
    assert what_is(path) == " It is a RIFF (wav) file."
    np.save(tmp_path / "a.npy", np.ones(2))
    assert what_is(tmp_path / "a.npy") == " It is a numpy file."
