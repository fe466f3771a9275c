"""What a run left in its folder before is kept."""

import subprocess
import sys

import pytest

from parakeet.training import extensions
from parakeet.training.extensions.files import set_aside


def test_a_file_is_set_aside_under_the_first_free_name(tmp_path):
    for n in (1, 2):
        (tmp_path / "log.jsonl").write_text(str(n))
        assert set_aside(tmp_path / "log.jsonl") == tmp_path / f"log.old-{n}.jsonl"
    assert [(tmp_path / f"log.old-{n}.jsonl").read_text() for n in (1, 2)] == ["1", "2"]
    assert set_aside(tmp_path / "log.jsonl") is None


def test_every_extension_can_be_imported_from_the_package():
    for name in extensions.__all__:
        assert getattr(extensions, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Evaluater'"):
        extensions.Evaluater  # noqa: B018


def test_importing_them_imports_neither_paddle_nor_visualdl():
    names = ", ".join(extensions.__all__)
    code = f"from parakeet.training.extensions import {names}; import sys; print({{'paddle', 'visualdl', 'matplotlib'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
