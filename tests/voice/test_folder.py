"""What vouches for a voice's files, and where weights are read from."""

import json

import numpy as np
import pytest

from parakeet.errors import DataError
from parakeet.voice.folder import check_manifest, is_packed, read_weights, write_manifest, write_weights


def test_the_manifest_vouches_for_files_at_any_depth_but_not_for_itself(tmp_path):
    (tmp_path / "engines" / "static").mkdir(parents=True)
    (tmp_path / "voice.json").write_text("{}")
    (tmp_path / "engines" / "static" / "manifest.json").write_text("[]")
    write_manifest(tmp_path)
    write_manifest(tmp_path)
    assert sorted(json.loads((tmp_path / "manifest.json").read_text())["files"]) == ["engines/static/manifest.json", "voice.json"]
    check_manifest(tmp_path)
    (tmp_path / "engines" / "static" / "manifest.json").write_text("{}")
    with pytest.raises(DataError, match=r"engines/static/manifest\.json: is not as it was packed \(its checksum differs\)"):
        check_manifest(tmp_path)


def test_a_run_is_told_from_a_packed_voice(run, packed):
    assert is_packed(packed)
    assert not is_packed(run)


def test_weights_come_back_and_halves_as_float32(tmp_path):
    shapes = {"kernel": ((3, 1, 5), 1 / 3), "bias": ((4,), 1 / 3), "huge": ((2, 2), 1e9)}
    weights = {name: np.full(shape, value, np.float32) for name, (shape, value) in shapes.items()}
    write_weights(tmp_path / "a.safetensors", weights, half=True)
    found = read_weights(tmp_path / "a.safetensors")
    assert {array.dtype for array in found.values()} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(found["kernel"], np.float16(1 / 3).astype(np.float32))
    np.testing.assert_array_equal(found["bias"], weights["bias"])
    np.testing.assert_array_equal(found["huge"], weights["huge"])  # no half holds it


@pytest.mark.parametrize("size", [0, 7, 8, 100, 200])
def test_a_file_of_weights_that_was_cut_off_anywhere_is_named(tmp_path, size):
    write_weights(tmp_path / "a.safetensors", {"kernel": np.ones((30, 30), np.float32)})
    content = (tmp_path / "a.safetensors").read_bytes()
    (tmp_path / "a.safetensors").write_bytes(content[:size])
    with pytest.raises(DataError, match=r"a\.safetensors: no safetensors file.*Copy or pack the voice again"):
        read_weights(tmp_path / "a.safetensors")
