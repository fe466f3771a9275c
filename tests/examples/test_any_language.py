"""A folder of German recordings with their texts and labels becomes a voice that speaks German: no code is written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from parakeet.audio.io import write_wav
from parakeet.config import load_config
from parakeet.frontend import load_frontend
from parakeet.frontend.pronunciation import is_mark
from parakeet.preparation.prepare import PrepareConfig, prepare

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "speedyspeech"
SENTENCES = [
    "Guten Tag, wie geht es Ihnen?", "Der Zug kommt um acht Uhr an.", "Ich möchte gern einen Kaffee.", "Das Wetter wird morgen schön!",
    "Wo ist der Bahnhof, bitte?", "Fünf Äpfel kosten drei Euro.", "Sie liest jeden Abend ein Buch.", "Wir fahren im Sommer ans Meer.",
]  # fmt: skip


def parakeet(*arguments):
    command = [sys.executable, "-m", "parakeet", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Recordings at the voice's own rate, a table, and the phones with their times; one line holds a word in another script."""
    pytest.importorskip("espeakng_loader", reason="needs the espeakng-loader wheel")
    german, folder, labels = load_frontend("espeak", language="de"), tmp_path_factory.mktemp("german"), {}
    (folder / "wavs").mkdir()
    texts = [*SENTENCES, "Er sagte Привет zu mir."]
    for n, text in enumerate(texts):
        wav, rate, timed = german.synthesize(text)
        write_wav(folder / "wavs" / f"de{n}.wav", wav, rate)
        ends = np.cumsum([samples for _, samples in timed]) / rate
        rows = zip(timed, [0.0, *ends[:-1]], ends, strict=True)
        labels[f"de{n}"] = [["" if is_mark(symbol) else symbol, float(start), float(end)] for (symbol, _), start, end in rows]
    (folder / "metadata.csv").write_text("".join(f"de{n}|{text}\n" for n, text in enumerate(texts)), encoding="utf-8")
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    return folder


def test_a_folder_in_another_language_becomes_a_voice_that_speaks_it(folder, tmp_path):
    overrides = ["language=de", f"alignments={folder / 'labels.json'}", "valid=0.4", "test=0"]
    prepared = prepare(folder, tmp_path / "prepared", load_config(PrepareConfig, overrides=overrides), workers=1)
    assert len(prepared) == len(SENTENCES)
    assert [record["utt_id"] for record in prepared.rejected] == ["de8"]
    assert "Привет" in prepared.rejected[0]["reason"]
    german = load_frontend("espeak", language="de")
    for i, text in enumerate(SENTENCES):
        spoken = [symbol for symbol in prepared[i]["phones"] if symbol not in ("sil", "_")]
        assert spoken == [symbol for symbol in german.phones(text) if symbol != "_"]
        assert prepared[i]["durations"].sum() == len(prepared[i]["mel"])
    run = tmp_path / "run"
    options = ["--config", EXAMPLE / "configs/tiny.yaml", "--data", tmp_path / "prepared", "--output", run]
    parakeet("train", EXAMPLE / "train.py", *options, "samples=[Guten Tag.]")
    assert json.loads((run / "voice.json").read_text())["frontend_options"] == {"language": "de"}
    parakeet("speak", "Wie schön, ein Buch!", "--voice", run, "-o", tmp_path / "speech.wav")
    wav, rate = soundfile.read(tmp_path / "speech.wav")
    assert rate == 16000
    assert len(wav) > 1000
