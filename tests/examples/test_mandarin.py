"""A folder of Mandarin sentences with labels becomes a voice that speaks Mandarin, English words in it: no code is written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from parakeet.audio.io import write_wav
from parakeet.config import load_config
from parakeet.frontend import load_frontend
from parakeet.frontend.pronunciation import is_mark
from parakeet.preparation.prepare import PrepareConfig, prepare
from parakeet.voice import Voice

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "speedyspeech"
RATE = 16000
SENTENCES = [
    "你好，世界！", "今天的气温是-5℃。", "银行行长在重庆吗？", "一会儿我们去看花儿。", "他买了2台GPU。", "展览馆里有小老虎。",
    "2008年8月8日晚上8点。", "這件事很重要。",
]  # fmt: skip


def recording(frontend, text, seed):
    """Make a sound for each phone, of a pitch of its own, and say when each is heard: wav (N,), and its labels."""
    noise, parts, labels, start = np.random.default_rng(seed), [], [], 0.0
    for number, symbol in enumerate(["", *frontend.phones(text)]):
        samples = int(noise.integers(RATE // 16, RATE // 8))
        hum = np.sin(2 * np.pi * (110 + 7 * (sum(map(ord, symbol)) % 40)) * np.arange(samples) / RATE)
        quiet = number == 0 or is_mark(symbol)
        parts.append(np.zeros(samples) if quiet else 0.2 * hum + 0.02 * noise.standard_normal(samples))
        labels.append(["" if quiet else symbol, start, start + samples / RATE])
        start += samples / RATE
    return np.concatenate(parts).astype(np.float32), labels


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Recordings, a table, and the phones with their times; one line holds a word in another script."""
    pytest.importorskip("jieba", reason="needs the extra zh")
    frontend, folder, labels = load_frontend("mandarin"), tmp_path_factory.mktemp("mandarin"), {}
    (folder / "wavs").mkdir()
    texts = [*SENTENCES, "他说привет然后走了。"]
    for n, text in enumerate(texts):
        wav, labels[f"zh{n}"] = recording(frontend, text, n)
        write_wav(folder / "wavs" / f"zh{n}.wav", wav, RATE)
    (folder / "metadata.csv").write_text("".join(f"zh{n}|{text}\n" for n, text in enumerate(texts)), encoding="utf-8")
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    return folder


def test_a_folder_in_mandarin_becomes_a_voice_that_speaks_it(folder, tmp_path):
    overrides = ["language=zh", f"alignments={folder / 'labels.json'}", "valid=0.4", "test=0"]
    prepared = prepare(folder, tmp_path / "prepared", load_config(PrepareConfig, overrides=overrides), workers=1)
    assert [record["utt_id"] for record in prepared.rejected] == ["zh8"]
    assert "привет" in prepared.rejected[0]["reason"]
    frontend = load_frontend("mandarin")
    for i, text in enumerate(SENTENCES):
        assert [symbol for symbol in prepared[i]["phones"] if symbol != "sil"] == frontend.phones(text)
        assert prepared[i]["durations"].sum() == len(prepared[i]["mel"])
    run = tmp_path / "run"
    command = [sys.executable, "-m", "parakeet", "train", EXAMPLE / "train.py", "--config", EXAMPLE / "configs/tiny.yaml"]
    command += ["--data", tmp_path / "prepared", "--output", run, "samples=[你好。]"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(list(map(str, command)), capture_output=True, env=environment, timeout=120, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((run / "voice.json").read_text())["frontend"] == "mandarin"
    speech = Voice.load(run).speak("重庆的GPU很贵，是吗？")
    assert speech.phones == ["sil", *frontend.phones("重庆的GPU很贵，是吗？")]
    assert len(speech.wav) > 1000
    assert np.isfinite(speech.wav).all()
