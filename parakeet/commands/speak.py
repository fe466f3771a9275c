"""``parakeet speak``."""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

import click

from parakeet.errors import AudioError, ParakeetError

OTHER_FORMATS = (".aac", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wma")
"""A file named so would hold something else."""


@click.command()
@click.argument("text", nargs=-1)
@click.option("--voice", type=click.Path(file_okay=False), help="A run's folder or a packed voice; the one that came along if not given.")
@click.option("--file", "text_file", type=click.Path(dir_okay=False), help="A text file to speak; - for standard input.")
@click.option("--output", "-o", default="speech.wav", show_default=True, help="The wav file to write; - for standard output.")
@click.option("--stream", is_flag=True, help="Write while speaking: the first sound at once, and a book in little memory.")
@click.option("--rate", type=float, default=1.0, show_default=True, help="Speaking rate; 2 is twice as fast.")
@click.option("--pitch-shift", type=float, default=0.0, show_default=True, help="In standard deviations of the speaker's pitch.")
@click.option("--energy-shift", type=float, default=0.0, show_default=True, help="In standard deviations of the speaker's energy.")
@click.option("--pause", type=float, default=0.3, show_default=True, help="Between sentences, seconds.")
@click.option("--timestamps", type=click.Path(dir_okay=False), help="When each word and phone is heard, json; - for standard output.")
@click.option("--lexicon", type=click.Path(dir_okay=False), help="Pronunciations that win over every other.")
@click.option("--engine", default="auto", show_default=True, help="What computes: dynamic, or what `parakeet export` wrote.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of noise. Equal seeds give equal files (with as many threads).")
def speak(text, voice, text_file, output, stream, timestamps, lexicon, engine, **manner):
    """Speak a TEXT, and say how fast that was.

    The text is the argument, a --file, or else standard input.
    """
    if text and text_file is not None:
        raise click.UsageError("give a TEXT or --file, not both.")
    if stream and timestamps is not None:
        raise click.UsageError("--timestamps tells of a whole speech; leave --stream out.")
    _check_names(output, timestamps)
    if output == "-" and sys.stdout is None:
        raise ParakeetError("standard output is closed; give a file with --output.")
    text = " ".join(text) if text else _read_text(text_file)
    from parakeet.voice import Voice

    loaded = Voice.load(voice, engine=engine, lexicon=lexicon)
    start = time.perf_counter()
    seconds, first = _stream(loaded, text, output, manner) if stream else _whole(loaded, text, output, timestamps, manner)
    spent = time.perf_counter() - start
    threads = os.environ.get("OMP_NUM_THREADS", "1")
    click.echo(
        f"{'standard output' if output == '-' else output}: {seconds:.2f} s of speech in {spent:.2f} s: "
        f"real-time factor {spent / max(seconds, 1e-9):.3f}{f', the first sound after {first:.2f} s' if stream else ''} "
        f"({'one thread' if threads == '1' else f'{threads} threads'}).",
        err=True,
    )


def _check_names(output, timestamps):
    if timestamps is not None and (timestamps == output or Path(timestamps).absolute() == Path(output).absolute()):
        raise click.UsageError(f"--timestamps and --output are both {output!r}; give each a place of its own.")
    if Path(output).suffix.lower() in OTHER_FORMATS:
        name = Path(output).with_suffix(".wav")
        raise ParakeetError(f"can't write {output}: wav is what is written here. Name it {name}, and convert that.")


def _whole(voice, text, output, timestamps, manner):
    speech = voice.speak(text, **manner)
    speech.save(sys.stdout.buffer if output == "-" else output)
    if timestamps is not None:
        told = json.dumps(speech.timestamps(), indent=1, ensure_ascii=False)
        try:
            if timestamps == "-":
                click.echo(told)
            else:
                Path(timestamps).write_text(told + "\n", encoding="utf-8")
        except OSError as error:
            raise ParakeetError(f"can't write {timestamps}: {error.strerror}. Check that its folder exists and is writable.") from error
    return speech.seconds, None


def _stream(voice, text, output, manner):
    from parakeet.audio.io import WavWriter
    from parakeet.commands.stopping import exit_on_sigterm

    start = time.perf_counter()
    first, rate = None, voice.description.mel.sample_rate
    chunks = voice.stream(text, **manner)  # what can't be spoken is refused here, before a file is made
    with exit_on_sigterm(), _opened(output) as file:
        writer = WavWriter(file, rate)
        try:
            for chunk in chunks:
                writer.write(chunk)
                first = time.perf_counter() - start if first is None else first
        finally:
            if output != "-":  # what was spoken before an interruption is a whole file
                writer.close()
    return writer.n_samples / rate, first or 0.0


def _opened(output):
    if output == "-":
        return contextlib.nullcontext(sys.stdout.buffer)
    try:
        return open(output, "wb", buffering=0)
    except OSError as error:
        raise AudioError(f"can't write {output}: {error.strerror}. Check that the folder exists, is writable and has room.") from error


def _read_text(text_file):
    if text_file is None or text_file == "-":
        if text_file is None and (sys.stdin is None or sys.stdin.isatty()):
            raise click.UsageError("nothing to speak: give a TEXT, --file, or a text on standard input.")
        # Decoded here: the terminal's own coding may be another, and passes bytes it does not know as halves of characters.
        name, read = "standard input", sys.stdin.buffer.read
    else:
        name, read = text_file, Path(text_file).read_bytes
    try:
        return read().decode("utf-8-sig")
    except FileNotFoundError:
        raise ParakeetError(f"{name}: no such text file. Check the path, or give a TEXT.") from None
    except OSError as error:
        raise ParakeetError(f"{name}: can't be read ({error.strerror}). Check its rights, or give a TEXT.") from None
    except UnicodeDecodeError as error:
        raise ParakeetError(f"{name}: not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
