import subprocess
import sys

import pytest

import parakeet.datasets as datasets


def test_every_builder_has_a_line_of_help_and_a_function():
    assert list(datasets.BUILDERS) == ["allison", "espeak", "festvox-ru"]
    for name, builder in datasets.BUILDERS.items():
        assert builder.name == name
        assert 20 < len(builder.help) < 120
        assert "\n" not in builder.help
        assert callable(getattr(datasets, builder.function))


def test_every_public_name_can_be_had():
    for name in datasets.__all__:
        assert getattr(datasets, name) is not None
    with pytest.raises(AttributeError, match="module 'parakeet.datasets' has no attribute 'LJSpeech'"):
        datasets.LJSpeech  # noqa: B018


def test_importing_the_room_imports_nothing_heavy():
    code = (
        "import sys, parakeet.datasets as d; d.BUILDERS['espeak'].help; "
        "print([m for m in ('numpy', 'ctypes', 'soundfile', 'paddle', 'G722', 'espeakng_loader') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
