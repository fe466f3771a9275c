"""docs/guides/own-voice.md: its commands, from a folder of recordings and a table to speech."""

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from loading import example_config

from parakeet.audio.io import read_wav, write_wav
from parakeet.cli import COMMANDS
from parakeet.voice import Voice

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "own-voice.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)```", GUIDE, re.DOTALL | re.MULTILINE)
# Their words are all in the dictionary.
SENTENCES = {
    "train": ["She had your dark suit in greasy wash water.", "A gentle wind moved the trees.", "Bring me the red book.", "We left."],
    "valid": ["The boat sailed home before the storm."],
    "test": ["Nobody knew the answer.", "They ate bread and cheese."],
}


SECONDS = {"hour.yaml": "tiny.yaml", "small.yaml": "tiny.yaml"}


def commands(block):
    lines = block.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("parakeet ")]


def run_in_seconds(words, folder):
    for long, short in SECONDS.items():
        words = [word.replace(long, short) for word in words]
    return subprocess.run([sys.executable, "-m", "parakeet", *words], cwd=folder, capture_output=True, text=True, timeout=120)


def test_every_command_of_the_guide_is_one():
    named = [words[0] for block in BLOCKS for words in commands(block)] + re.findall(r"`parakeet (\w[\w-]*)", GUIDE)
    assert len(named) > 8
    assert set(named) <= set(COMMANDS)


def test_every_setting_of_the_guide_is_one():
    settings = re.findall(r"`(training\.[\w.]+=[^`]+)`", GUIDE)
    assert settings
    configs = set(re.findall(r"[ `]recipe/configs/(\w+)\.yaml", GUIDE))
    assert configs == {"hour", "default"}
    for name in configs:
        example_config("speedyspeech", name, *settings)


def test_every_setting_of_a_command_for_the_vocoder_is_one():
    lines = [words for block in BLOCKS for words in commands(block) if words[0] in ("train", "resume") and "vocoder" in " ".join(words)]
    assert len(lines) == 2
    for words in lines:
        example_config("harmonic_vocos", "small", *(word for word in words if "=" in word))


def test_a_folder_of_recordings_and_a_table_become_a_voice_with_a_vocoder(tmp_path, say):
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
        done = run_in_seconds(words, tmp_path)
        # Seven sentences are nothing to train on, and the doctor says so.
        assert done.returncode == (1 if words[0] == "doctor" else 0), done.stdout + done.stderr
    wav, sample_rate = read_wav(tmp_path / "hello.wav")
    assert len(wav) > sample_rate / 2
    (train_vocoder,) = [block for block in BLOCKS if "--output runs/vocoder" in block]
    (pack,) = [block for block in BLOCKS if "parakeet pack" in block]
    for words in [*commands(train_vocoder), commands(pack)[0]]:
        done = run_in_seconds(words, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    assert Voice.load(tmp_path / "voices" / "mine").description.vocoder.model == "harmonic_vocos"
