"""A voice gets engines that say what its models say, or nothing at all."""

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from parakeet.commands.export import export
from parakeet.errors import DataError, MissingDependencyError, ParakeetError
from parakeet.voice import Voice, VoiceDescription
from parakeet.voice.engines import engine as engines
from parakeet.voice.engines import load_engine
from parakeet.voice.engines.export import export_voice
from parakeet.voice.engines.parity import LENGTHS, TOLERANCE, compare_engines
from parakeet.voice.folder import check_manifest, weights_of
from parakeet.voice.streaming import ChunkSizes

VOICES = ("convolutional", "other", "source")


def load(directory, name):
    return load_engine(name, directory, VoiceDescription.load(directory), weights_of(directory))


def snapshot(directory):
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["onnx", "static"])
@pytest.mark.parametrize("voice", VOICES)
class TestAnExportedEngine:
    def test_says_what_the_models_say_at_any_length(self, exported, voice, name):
        directory, reports = exported[voice]
        rows = compare_engines(load(directory, name), load(directory, "dynamic"), len(VoiceDescription.load(directory).symbols), seed=5)
        assert len(rows) == len(reports[name]["parity"]) == LENGTHS
        assert max(row["mel"] for row in rows) < TOLERANCE
        assert max(row["frames"] for row in rows) > 200

    def test_gives_the_same_bytes_to_sixteen_threads_as_to_one(self, exported, voice, name):
        engine = load(exported[voice][0], name)

        def speak(n):
            mel, durations = engine.acoustic(np.random.default_rng(n).integers(1, 9, 5 + n % 7), 1.0, np.float32(n % 3), 0.0)
            return mel.tobytes(), durations.tobytes(), engine.vocode(mel).tobytes()

        one_after_the_other = [speak(n) for n in range(32)]
        with ThreadPoolExecutor(16) as threads:
            assert list(threads.map(speak, range(32))) == one_after_the_other

    def test_streams_what_it_says_at_once(self, exported, voice, name):
        engine, dynamic = (load(exported[voice][0], each) for each in (name, "dynamic"))
        assert engine.context == dynamic.context > 0
        mel = np.random.default_rng(0).normal(-5, 1, (200, 80)).astype(np.float32)
        whole, chunks = engine.vocode(mel, seed=3), list(engine.vocode_in_chunks(mel, ChunkSizes(), seed=3))
        assert len(chunks) > 3
        np.testing.assert_allclose(np.concatenate(chunks), whole, atol=0 if engine.drifts else 1e-5)

    def test_gives_nothing_for_what_lasts_no_frame(self, exported, voice, name):
        mel, durations = load(exported[voice][0], name).acoustic([3, 4], 1e6)
        assert (mel.shape, durations.tolist()) == ((0, 80), [0, 0])

    def test_takes_controls_symbol_by_symbol(self, exported, voice, name):
        engine = load(exported[voice][0], name)
        durations = engine.acoustic([3, 4, 5], np.array([1, 0.25, 1]))[1]
        assert durations.tolist() == [4, 16, 4]


def test_the_fastest_engine_that_is_there_speaks_by_itself(exported, monkeypatch, tmp_path):
    directory = exported["convolutional"][0]
    assert Voice.load(directory).engine.name == "onnx"
    monkeypatch.setattr(engines, "find_spec", lambda package: None if package == "onnxruntime" else package)
    assert Voice.load(directory).engine.name == "static"
    monkeypatch.setattr(engines, "exported_folder", lambda directory, name: tmp_path / name)
    assert Voice.load(directory).engine.name == "dynamic"


def test_graphs_for_onnxruntime_hold_no_weights(exported):
    for directory, _ in exported.values():
        size = sum(path.stat().st_size for path in (directory / "engines" / "onnx").iterdir())
        assert size < 400_000
    about = json.loads((exported["convolutional"][0] / "engines" / "onnx" / "engine.json").read_text())
    assert "decoder.blocks.0.conv.weight" in about["weights"]["acoustic"]


def test_the_manifest_vouches_for_what_was_exported(exported, tmp_path):
    directory = shutil.copytree(exported["convolutional"][0], tmp_path / "voice")
    check_manifest(directory)
    graph = directory / "engines" / "onnx" / "vocoder.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"x")
    with pytest.raises(DataError, match=r"vocoder\.onnx: is not as it was packed"):
        Voice.load(directory)
    with pytest.raises(DataError, match=r"vocoder\.onnx: is not as it was packed"):
        export_voice(directory)


def test_a_voice_without_a_vocoder_gets_the_acoustic_model_alone(run, tmp_path):
    from parakeet.voice import pack_voice

    directory = pack_voice(run, tmp_path / "voice")
    told = CliRunner().invoke(export, [str(directory), "--engine", "static"], catch_exceptions=False)
    assert "at most" in told.output
    assert "0.0001 would be refused" in told.output
    assert "speaks with static" in told.output
    names = {path.name for path in (directory / "engines" / "static").iterdir()}
    assert names == {"acoustic.json", "acoustic.pdiparams", "engine.json", "parity.json"}
    spoken = [Voice.load(directory, engine=name).speak("One two.").wav for name in ("static", "dynamic")]
    np.testing.assert_allclose(*spoken, atol=1e-3)  # Griffin-Lim makes more of the last bits of a spectrum


def test_the_code_of_the_guide_runs(exported, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(exported["convolutional"][0], "voices/mine")
    names = {}
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "export.md").read_text(encoding="utf-8")
    for code in re.findall(r"```python\n(.*?)```", guide, re.DOTALL):
        exec(compile(code, "export.md", "exec"), names)
    assert names["voice"].engine.name == "onnx"
    check_manifest(tmp_path / "voices" / "mine")


def fake_exporter(tmp_path, monkeypatch, source):
    """Put a paddle2onnx where the exporting process looks first."""
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "paddle2onnx.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path / "fake")


WRONG = """
import sys, importlib
this = sys.modules.pop("paddle2onnx")
sys.path = [path for path in sys.path if not path.endswith("/fake")]
true = importlib.import_module("paddle2onnx")
sys.modules["paddle2onnx"] = this

def export(*args, **options):
    import onnx
    model = onnx.load_model_from_string(true.export(*args, **options))
    for node in model.graph.node:
        node.op_type = "Abs" if node.op_type == "Relu" else node.op_type
    return model.SerializeToString()
"""


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import os\ndef export(*args, **options): os.abort()", "voice: can't be exported to onnx: the exporter ended with code -6"),
        (WRONG, r"onnx: .*(other durations|differs from the models by).* This export is wrong, so nothing was written"),
    ],
    ids=["aborts", "is wrong"],
)
def test_an_exporter_that_fails_leaves_the_voice_as_it_was(exported, tmp_path, monkeypatch, source, message):
    directory = shutil.copytree(exported["convolutional"][0], tmp_path / "voice")
    before = snapshot(directory)
    fake_exporter(tmp_path, monkeypatch, source)
    with pytest.raises(ParakeetError, match=message):
        export_voice(directory, ["onnx"])
    assert snapshot(directory) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fake", "voice"]


def test_a_run_is_packed_first(run):
    with pytest.raises(DataError, match="is a run, which goes on changing. Make a voice of it first: parakeet pack"):
        export_voice(run)


def test_an_unknown_engine_is_named_with_the_nearest(packed):
    with pytest.raises(DataError, match="no engine 'onyx' to export to; there are onnx, static. Did you mean 'onnx'"):
        export_voice(packed, ["onyx"])


def test_an_engine_that_was_not_exported_says_how(packed):
    with pytest.raises(DataError, match=r"engine\.json: not found, so the voice has no engine 'static'. Export the voice: parakeet export"):
        load(packed, "static")


def test_a_missing_package_is_named_with_its_extra(packed, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(MissingDependencyError, match=r"pip install \"parakeet-tts\[onnx\]\""):
        load(packed, "onnx")
