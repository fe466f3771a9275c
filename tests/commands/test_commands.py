"""What the commands say, and what they refuse."""

import io
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from making import make_corpus

from parakeet.cli import COMMANDS, cli
from parakeet.commands.dashboard import dashboard_folder, refuse_taken
from parakeet.commands.progress import Progress
from parakeet.errors import DataError, RunError

ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(*arguments, **options):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], **options)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.output


def test_the_table_of_help_says_what_the_commands_say():
    for name, (_, line) in COMMANDS.items():
        assert line[0].isupper(), name
        assert line.endswith("."), name


def test_a_mistyped_command_is_named_with_the_nearest():
    result = run("speek")
    assert result.exit_code == 2
    assert "No such command 'speek'. Did you mean 'speak'?" in result.output


def test_the_version_is_that_of_the_package():
    import parakeet

    assert parakeet.__version__ in run("--version").output


def test_corpora_are_a_closed_list():
    result = run("corpus", "alison", "somewhere")
    assert result.exit_code == 2
    assert "'allison', 'espeak'" in result.output


def test_debs_are_for_allison_alone(tmp_path):
    result = run("corpus", "espeak", tmp_path / "c", "--debs", tmp_path)
    assert result.exit_code == 2
    assert "--debs is for the corpora 'allison' and 'festvox-ru'." in result.output


def test_prepare_says_what_it_made_and_what_it_left_out(tmp_path):
    corpus = make_corpus(tmp_path / "corpus")
    (corpus / "wavs" / "u0.wav").write_bytes(b"RIFF")
    result = run("prepare", corpus, tmp_path / "prepared", "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "11 utterances" in result.output
    assert "(7 train, 2 valid, 2 test)" in result.output
    assert f"Left out: 1, listed in {tmp_path / 'prepared'}/rejected.jsonl:\n  1 like u0: can't be read" in result.output
    assert re.search(r"Made in \d+ s: \d+\.\d\d hours of audio a minute\.", result.output)
    assert f"train recipe/train.py --config recipe/configs/demo.yaml --data {tmp_path / 'prepared'} --output" in result.output
    assert "Every recording was there already." in run("prepare", corpus, tmp_path / "prepared").output


def test_prepare_warns_of_a_corpus_that_nothing_is_held_out_of(tmp_path):
    corpus = make_corpus(tmp_path / "corpus", splits=("train", "train"))
    result = run("prepare", corpus, tmp_path / "prepared", "--workers", 1)
    assert "Warning: " in result.stderr
    assert "no utterance in the split 'valid'" in result.stderr


def test_prepare_that_is_terminated_leaves_only_what_it_goes_on_with(tmp_path):
    corpus = make_corpus(tmp_path / "corpus", splits=("train",) * 400)
    command = [sys.executable, "-m", "parakeet", "prepare", str(corpus), str(tmp_path / "prepared"), "--workers", "1"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        while b"preparing the recordings" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGTERM)
        assert b"What is finished is kept: run the same command again" in process.communicate(timeout=60)[1]
        assert process.returncode == 143
    assert sorted(path.name for path in tmp_path.iterdir()) == [".prepared.unfinished", "corpus"]


def test_prepare_names_a_folder_that_is_no_corpus(tmp_path):
    result = run("prepare", tmp_path, tmp_path / "prepared")
    assert isinstance(result.exception, DataError)
    assert "holds no recording (wav, flac, ogg, opus, mp3)" in str(result.exception)


def test_text_shows_words_and_phones_and_explains_where_they_come_from(tmp_path):
    (tmp_path / "words.txt").write_text("parakeet  P EH1 R AH0 K IY0 T\n")
    plain = run("text", "It costs $5.")
    assert plain.output.splitlines() == ["it costs five dollars.", "IH1 T K AO1 S T S F AY1 V D AA1 L ER0 Z ."]
    lines = run("text", "--explain", "--lexicon", tmp_path / "words.txt", "The parakeet: $5.").output.splitlines()
    assert lines[0].split() == ["written", "spoken", "phones", "from"]
    assert ["parakeet", "parakeet", "P", "EH1", "R", "AH0", "K", "IY0", "T", "user", "lexicon"] in [line.split() for line in lines]
    assert any(line.split()[:2] == ["$5", "five"] for line in lines)
    assert any(line.split()[0] == "dollars" for line in lines)


def test_text_is_read_by_the_frontend_of_its_language():
    pytest.importorskip("espeakng_loader", reason="needs the espeakng-loader wheel")
    assert run("text", "--language", "de", "Ja!").output.splitlines()[1] == "j 'A: !"
    assert run("text", "--frontend", "espeak", "--language", "en-us", "Yes!").output.splitlines()[1] == "j 'E s !"
    assert "Did you mean 'de'" in str(run("text", "--language", "german", "Ja!").exception)


def test_text_and_file_are_not_given_together(tmp_path):
    result = run("speak", "a", "--file", "b")
    assert result.exit_code == 2
    assert "give a TEXT or --file, not both" in result.output


def test_a_text_file_or_standard_input_that_is_no_text_is_named(tmp_path):
    (tmp_path / "text").write_bytes(b"\xff\xfe")
    for arguments, name in ((("--file", tmp_path / "text"), f"{tmp_path}/text"), ((), "standard input")):
        result = run("speak", "--voice", tmp_path, *arguments, input=b"\xff\xfe")
        assert str(result.exception) == f"{name}: not UTF-8 text (byte 0). Save it as UTF-8."
    assert "no such text file" in str(run("speak", "--voice", tmp_path, "--file", tmp_path / "none").exception)


def test_the_dashboard_names_a_port_that_is_taken_and_says_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(RunError, match=rf"127\.0\.0\.1:{port}: no server can listen there \(Address already in use\)\. Choose another"):
            refuse_taken("127.0.0.1", port)
    refuse_taken("127.0.0.1", port)
    with pytest.raises(RunError, match="no server can listen there"):
        refuse_taken("name.invalid", port)


def test_the_dashboard_shows_a_run_or_a_folder_of_runs(tmp_path):
    (tmp_path / "one" / "visualdl").mkdir(parents=True)
    assert dashboard_folder(tmp_path / "one") == tmp_path / "one" / "visualdl"
    assert dashboard_folder(tmp_path) == tmp_path
    with pytest.raises(RunError, match="holds no VisualDL records"):
        dashboard_folder(tmp_path / "two")


def test_progress_is_a_bar_on_a_terminal_and_a_line_a_step_elsewhere():
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        with Progress(stream) as progress:
            for done in range(1, 4):
                progress("cutting", done, 3)
            progress("writing", 1, 1)
    assert file.getvalue() == "cutting ...\nwriting ...\n"
    assert "cutting [##########                    ] 1/3" in terminal.getvalue()
    assert terminal.getvalue().endswith("writing [##############################] 1/1\n")


def test_progress_says_how_long_the_rest_will_take_at_the_pace_of_what_was_not_there_already():
    terminal, now = Terminal(), [0.0]
    with Progress(terminal, clock=lambda: now[0]) as progress:
        progress("cutting", 50, 100)
        for second, done in ((1, 51), (5, 55), (50, 99), (51, 100)):
            now[0] = second
            progress("cutting", done, 100)
        now[0] = 60
        progress("shipping", 0, 10000)
        now[0] = 64
        progress("shipping", 2, 10000)
    lines = terminal.getvalue().replace("\x1b[K", "").split("\r")
    assert [line.split("] ")[1] for line in lines[1:6]] == ["50/100", "51/100", "55/100, 0:45 left", "99/100, 0:01 left", "100/100\n"]
    assert lines[-1].endswith("2/10000, 5:33:16 left\n")
