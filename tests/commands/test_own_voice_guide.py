"""docs/guides/own-voice.md: its commands, from a folder of recordings and a table to speech."""

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from parakeet.audio.io import read_wav, write_wav
from parakeet.cli import COMMANDS
from parakeet.config import load_config
from parakeet.training.run_folder import load_experiment

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "own-voice.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)```", GUIDE, re.DOTALL | re.MULTILINE)
# Their words are all in the dictionary.
SENTENCES = {
    "train": ["She had your dark suit in greasy wash water.", "A gentle wind moved the trees.", "Bring me the red book.", "We left."],
    "valid": ["The boat sailed home before the storm."],
    "test": ["Nobody knew the answer.", "They ate bread and cheese."],
}


def commands(block):
    return [shlex.split(line, comments=True)[1:] for line in block.splitlines() if line.startswith("parakeet ")]


def test_every_command_of_the_guide_is_one():
    named = [words[0] for block in BLOCKS for words in commands(block)] + re.findall(r"`parakeet (\w[\w-]*)", GUIDE)
    assert len(named) > 8
    assert set(named) <= set(COMMANDS)


def test_every_setting_of_the_guide_is_one():
    experiment = load_experiment(str(ROOT / "examples" / "speedyspeech" / "train.py"))
    configs = re.findall(r"recipe/configs/(\w+)\.yaml", GUIDE)
    settings = re.findall(r"`(training\.[\w.]+=[^`]+)`", GUIDE)
    assert "hour" in configs
    for name in set(configs):
        load_config(experiment.config_class, ROOT / "examples" / "speedyspeech" / "configs" / f"{name}.yaml", ["data.path=x", *settings])


def test_a_folder_of_recordings_and_a_table_become_a_voice(tmp_path, say):
    pytest.importorskip("pocketsphinx", reason="needs pocketsphinx for the timing")
    folder = tmp_path / "my-voice"
    folder.mkdir()
    with open(folder / "metadata.csv", "w", newline="", encoding="utf-8") as table:
        rows = csv.writer(table)
        rows.writerow(["file", "text", "split"])
        for split, sentences in SENTENCES.items():
            for text in sentences:
                name = f"{split}-{sentences.index(text)}.wav"
                wav, sample_rate, _ = say(text)
                write_wav(folder / name, wav, sample_rate)
                rows.writerow([name, text, split])
    for words in commands(BLOCKS[0]):
        words = [word.replace("hour.yaml", "tiny.yaml") for word in words]
        done = subprocess.run([sys.executable, "-m", "parakeet", *words], cwd=tmp_path, capture_output=True, text=True, timeout=120)
        # Seven sentences are nothing to train on, and the doctor says so.
        assert done.returncode == (1 if words[0] == "doctor" else 0), done.stdout + done.stderr
    wav, sample_rate = read_wav(tmp_path / "hello.wav")
    assert len(wav) > sample_rate / 2
