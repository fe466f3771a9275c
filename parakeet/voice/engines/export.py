"""``parakeet export``: a packed voice gets engines, each compared with its models before it is put in place."""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from parakeet.cpu import import_paddle, usable_threads
from parakeet.errors import DataError, ParakeetError, nearest
from parakeet.models import AUTOREGRESSIVE_MODELS
from parakeet.requirements import require
from parakeet.voice.description import VoiceDescription
from parakeet.voice.engines.dynamic import dynamic_engine
from parakeet.voice.engines.engine import exported_folder, load_engine
from parakeet.voice.engines.exported import write_about
from parakeet.voice.engines.parity import DRIFT, TOLERANCE, compare_engines, measure_speed
from parakeet.voice.engines.vocoders import describe_vocoder
from parakeet.voice.folder import is_packed, weights_of, write_manifest
from parakeet.voice.weights import set_weights

EXPORTED = ("onnx", "static")
REPORT = "parity.json"
_SPEED_LENGTHS = (20, 60, 120)  # symbols: 1 to 10 s of speech


def export_voice(directory, engines=EXPORTED):
    """Write engines into a packed voice; what was there is replaced, and the manifest brought up to date.

    They are made and tried in a process of its own, because what can't be exported may end the process that tries. Nothing of the voice
    changes before all of them have passed.

    Args:
        directory (str | Path): the voice.
        engines (Sequence[str]): of :data:`EXPORTED`.

    Returns:
        dict[str, dict]: for each engine its report: ``tolerance``, ``sound_tolerance``, ``parity`` (rows of ``compare_engines``),
        ``speed`` (rows of ``measure_speed`` for all engines), ``threads``, ``versions``.

    Raises:
        DataError: if the folder is no packed voice, or there is no such engine.
        MissingDependencyError: if a package isn't installed.
        ParakeetError: if an export fails, or says other things than the models; the voice is as it was.
    """
    directory = Path(os.path.abspath(directory))
    for name in engines:
        if name not in EXPORTED:
            raise DataError(f"no engine '{name}' to export to; there are {', '.join(EXPORTED)}.{nearest(name, EXPORTED)}")
    model = VoiceDescription.load(directory).acoustic.model
    if model in AUTOREGRESSIVE_MODELS:
        raise DataError(
            f"{directory}: its acoustic model, {model}, makes each frame after those before it, which no graph that is recorded can. It is "
            "spoken without an export (engine: dynamic)."
        )
    if not is_packed(directory):
        raise DataError(f"{directory}: is a run, which goes on changing. Make a voice of it first: parakeet pack {directory} VOICE")
    weights_of(directory)  # a voice that was tampered with must not get a new manifest
    _require(engines)
    beside = directory.with_name(f".{directory.name}.{secrets.token_hex(4)}")
    try:
        for name in engines:
            exported_folder(beside, name).mkdir(parents=True)
        _in_a_process(directory, beside, engines)
        reports = {name: json.loads((exported_folder(beside, name) / REPORT).read_text(encoding="utf-8")) for name in engines}
        for name in engines:
            _put_in_place(directory, name, exported_folder(beside, name))
    except OSError as error:
        raise DataError(f"{directory}: can't be written: {error.strerror}. Check that the folder is writable and has room.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return reports


def _require(engines):
    import_paddle("Exporting a voice")
    if "onnx" in engines:
        require("onnxruntime", "onnx", "The engine 'onnx'")
        if find_spec("paddle2onnx") is None:  # importing it costs seconds, and is the other process's work
            require("paddle2onnx", "export", "Exporting to ONNX")


def _in_a_process(directory, beside, engines):
    command = [sys.executable, "-m", "parakeet.voice.engines.export", str(directory), str(beside), *engines]
    # paddle2onnx' helper installs what it misses with pip unless it is told not to.
    environment = {**os.environ, "POLYGRAPHY_AUTOINSTALL_DEPS": "0", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", env=environment)
    if done.returncode:
        said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        told = next((line.removeprefix(_TOLD) for line in said if line.startswith(_TOLD)), None)
        raise ParakeetError(
            told
            or f"{directory}: can't be exported to {' and '.join(engines)}: the exporter ended with code {done.returncode}. "
            f"Nothing was written. Choose another engine. What it said last: {' | '.join(said[-4:])}"
        )


def _put_in_place(directory, name, made):
    folder = exported_folder(directory, name)
    folder.parent.mkdir(exist_ok=True)
    # The manifest never names a file that is not there: a crash between two steps leaves a voice without this engine.
    if folder.exists():
        aside = made.with_name(f"{name}.former")
        folder.rename(aside)
        write_manifest(directory)
    made.rename(folder)
    write_manifest(directory)


_TOLD = "export refused: "


def _export_here(directory, beside, engines):
    """What the other process does: record the models, write the engines, compare them, write the reports."""
    description, weights = VoiceDescription.load(directory), weights_of(directory)
    models = {"acoustic": description.build_acoustic(), "vocoder": description.build_vocoder()}
    models = {part: model for part, model in models.items() if model is not None}
    for part, model in models.items():
        set_weights(model, weights(part), f"{directory} ({part})")
    about = describe_vocoder(models["vocoder"]) if "vocoder" in models else None
    _record(models, about, description.mel.n_mels, beside)
    for name in engines:
        folder, named = exported_folder(beside, name), {}
        for part in models:
            if name == "onnx":
                from parakeet.voice.engines.conversion import convert

                named[part] = convert(beside / part, weights(part), folder / f"{part}.onnx")
            else:
                for suffix in (".json", ".pdiparams"):
                    shutil.copyfile(beside / f"{part}{suffix}", folder / f"{part}{suffix}")
        write_about(folder, name, about, named)
    tried = [load_engine(name, beside, description, weights) for name in engines]
    _report(tried, dynamic_engine(description, **models), len(description.symbols), beside)


def _record(models, about, n_mels, beside):
    from parakeet.voice.engines.recording import record_acoustic, record_vocoder

    record_acoustic(models["acoustic"], beside / "acoustic")
    if "vocoder" in models:
        record_vocoder(models["vocoder"], about, n_mels, beside / "vocoder")


def _report(engines, reference, n_symbols, beside):
    parity = {engine.name: compare_engines(engine, reference, n_symbols) for engine in engines}
    rng = np.random.default_rng(1)
    speed = measure_speed([reference, *engines], [rng.integers(1, n_symbols + 1, count) for count in _SPEED_LENGTHS])
    tolerances = {"tolerance": TOLERANCE, "sound_tolerance": DRIFT if reference.drifts else TOLERANCE}
    for name, rows in parity.items():
        report = {**tolerances, "parity": rows, "speed": speed, "threads": usable_threads(), "versions": _versions(name)}
        (exported_folder(beside, name) / REPORT).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _versions(name):
    from importlib.metadata import version

    packages = ("parakeet-tts", "paddlepaddle", *(("paddle2onnx", "onnxruntime") if name == "onnx" else ()))
    found = {}
    for package in packages:
        with contextlib.suppress(ImportError):  # a clone that isn't installed, Paddle under its other name
            found[package] = version(package)
    return found


def _main(directory, beside, *engines):
    import_paddle("Exporting a voice")
    try:
        _export_here(Path(directory), Path(beside), engines)
    except ParakeetError as error:
        print(_TOLD + " ".join(str(error).split()))
        sys.exit(2)


if __name__ == "__main__":
    _main(*sys.argv[1:])
