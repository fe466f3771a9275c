"""``parakeet speak`` and ``parakeet pack``: what they write, where to, and a person's mistakes."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from making_voices import make_packed

from parakeet.cli import cli
from parakeet.voice import Voice

ROOT = Path(__file__).parents[2]
TEXT = "One two three four five six. Seven, eight!"


def run(*arguments, **options):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], **options)


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    return make_packed(tmp_path_factory.mktemp("voices"))


@pytest.fixture(scope="module")
def expected(voice):
    return Voice.load(voice).speak(TEXT).wav


def test_a_text_is_spoken_to_a_file_and_to_standard_output(voice, expected, tmp_path):
    said = run("speak", TEXT, "--voice", voice, "-o", tmp_path / "a.wav")
    assert "s of speech in" in said.stderr
    assert "real-time factor" in said.stderr
    wav, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate == 16000
    np.testing.assert_allclose(wav, expected, atol=2e-5)
    piped = run("speak", TEXT, "--voice", voice, "-o", "-")
    assert piped.stdout_bytes == (tmp_path / "a.wav").read_bytes()


@pytest.mark.parametrize("to_file", [True, False])
def test_a_stream_holds_the_same_sound(voice, expected, tmp_path, to_file):
    said = run("speak", TEXT, "--voice", voice, "--stream", "-o", tmp_path / "a.wav" if to_file else "-")
    assert "the first sound after" in said.stderr
    content = (tmp_path / "a.wav").read_bytes() if to_file else said.stdout_bytes
    assert int.from_bytes(content[40:44], "little") == (len(content) - 44 if to_file else 0xFFFFFFFF)
    np.testing.assert_allclose(np.frombuffer(content, "<i2", offset=44) / 32768, expected, atol=3e-5)
    assert soundfile.read(io.BytesIO(content))[1] == 16000


def test_the_text_may_come_from_a_file_or_from_standard_input(voice, expected, tmp_path):
    (tmp_path / "text.txt").write_text(TEXT)
    for arguments, options in ((["--file", tmp_path / "text.txt"], {}), ([], {"input": TEXT}), (["--file", "-"], {"input": TEXT})):
        run("speak", *arguments, "--voice", voice, "-o", tmp_path / "a.wav", **options)
        assert len(soundfile.read(tmp_path / "a.wav")[0]) == len(expected)
        (tmp_path / "a.wav").unlink()


def test_the_manner_is_passed_on(voice, tmp_path):
    options = {"rate": 0.5, "pitch_shift": 1.0, "energy_shift": -1.0, "pause": 1.0}
    arguments = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
    run("speak", TEXT, "--voice", voice, "-o", tmp_path / "a.wav", *arguments)
    wav = Voice.load(voice).speak(TEXT, **options).wav
    np.testing.assert_allclose(soundfile.read(tmp_path / "a.wav", dtype="float32")[0], wav, atol=2e-5)


def test_timestamps_are_written_as_json(voice, expected, tmp_path):
    run("speak", TEXT, "--voice", voice, "-o", tmp_path / "a.wav", "--timestamps", tmp_path / "a.json")
    stamps = json.loads((tmp_path / "a.json").read_text())
    assert [word["name"] for word in stamps["words"]] == ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    assert stamps["phones"][-1]["end"] == len(expected) / 16000
    assert json.loads(run("speak", TEXT, "--voice", voice, "-o", tmp_path / "a.wav", "--timestamps", "-").stdout) == stamps


def test_timestamps_and_sound_in_one_place_are_refused(voice, tmp_path):
    for place in ("-", tmp_path / "a.wav"):
        assert "give each a place of its own" in run("speak", "One.", "--voice", voice, "-o", place, "--timestamps", place).output
    assert not (tmp_path / "a.wav").exists()


def test_words_without_quotes_are_one_text_and_one_thread_is_no_threads(voice, expected, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    said = run("speak", *TEXT.split(), "--voice", voice, "-o", tmp_path / "a.wav")
    assert "(one thread)." in said.stderr
    assert len(soundfile.read(tmp_path / "a.wav")[0]) == len(expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["..."], "nothing to speak"),
        (["...", "--stream"], "nothing to speak"),
        (["One.", "--rate", "0"], "rate: expected a number from 0.1 to 10"),
        (["One.", "--engine", "steam"], "no engine 'steam'"),
        (["One.", "-o", "none/a.wav"], "can't write none/a.wav: No such file or directory"),
        (["One.", "--stream", "-o", "none/a.wav"], "can't write none/a.wav: No such file or directory"),
        (["One.", "-o", "."], "can't write"),
        (["One.", "--stream", "-o", "."], "can't write"),
        (["One.", "--timestamps", "none/a.json"], "can't write none/a.json: No such file or directory"),
        (["One.", "--lexicon", "none.txt"], "none.txt"),
        (["One.", "-o", "a.MP3"], "can't write a.MP3: wav is what is written here. Name it a.wav, and convert that."),
    ],
)
def test_a_mistake_is_named_and_leaves_no_file(voice, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = run("speak", *arguments, "--voice", voice)
    assert result.exit_code == 1
    assert message in str(result.exception)
    assert not [path for path in tmp_path.iterdir() if path.name != "speech.wav" or "--timestamps" not in arguments]


def test_timestamps_of_a_stream_and_a_text_given_twice_are_refused(voice):
    assert "leave --stream out" in run("speak", "One.", "--voice", voice, "--stream", "--timestamps", "a.json").output
    assert "give a TEXT or --file, not both" in run("speak", "One.", "--file", "a.txt").output


def test_without_a_voice_it_is_said_where_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setattr("parakeet.voice.folder.RESOURCES", tmp_path)
    assert "brings no voice of its own" in str(run("speak", "One.").exception)


def test_a_stream_that_is_interrupted_leaves_a_whole_file(voice, tmp_path):
    (tmp_path / "book.txt").write_text(TEXT * 20000)
    output = tmp_path / "book.wav"
    command = [sys.executable, "-m", "parakeet", "speak", "--file", tmp_path / "book.txt", "--voice", voice, "--stream", "-o", output]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(list(map(str, command)), env=environment, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not (output.exists() and output.stat().st_size > 100_000):
        assert time.monotonic() < deadline, "nothing was spoken"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=60)[1].decode()
    assert (process.returncode, told.strip()) == (130, "interrupted")
    content = output.read_bytes()
    assert int.from_bytes(content[40:44], "little") == len(content) - 44
    assert soundfile.read(output)[0].size > 50_000


def test_pack_makes_a_voice_and_says_how_to_hear_it(voice, tmp_path):
    runs = voice.parent
    result = run("pack", runs / "run", tmp_path / "packed", "--vocoder", runs / "vocoder", "--half")
    assert result.exit_code == 0
    assert f'a voice of 0.1 MB. Hear it: parakeet speak "Good morning." --voice {tmp_path / "packed"}' in result.output
    assert run("speak", "One.", "--voice", tmp_path / "packed", "-o", tmp_path / "a.wav").exit_code == 0
    again = run("pack", runs / "run", tmp_path / "packed")
    assert "is there already" in str(again.exception)
