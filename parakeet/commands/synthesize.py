"""``parakeet synthesize``."""

import os
import sys
import time
from pathlib import Path

import click

from parakeet.errors import ParakeetError


@click.command()
@click.argument("voice", type=click.Path(file_okay=False))
@click.option("--text", help="What to speak.")
@click.option(
    "--file", "text_file", type=click.Path(dir_okay=False), help="A text file to speak; - for standard input."
)
@click.option(
    "--output", "-o", default="speech.wav", show_default=True, help="The wav file to write; - for standard output."
)
@click.option("--rate", type=float, default=1.0, show_default=True, help="Speaking rate; 2 is twice as fast.")
@click.option(
    "--pitch-shift", type=float, default=0.0, show_default=True, help="In standard deviations of the speaker's pitch."
)
@click.option("--lexicon", type=click.Path(dir_okay=False), help="Pronunciations that win over every other.")
@click.option("--seed", type=int, default=0, show_default=True, help="Equal seeds give equal files (with the same number of threads).")
def synthesize(voice, text, text_file, output, rate, pitch_shift, lexicon, seed):
    """Speak a text with the VOICE in a run's folder, and say how fast that was.

    The text is --text, a --file, or else standard input.
    """
    if text is not None and text_file is not None:
        raise click.UsageError("give --text or --file, not both.")
    if text is None:
        text = _read_text(text_file)
    from parakeet.cpu import import_paddle
    from parakeet.voice import Voice

    import_paddle("Synthesis")
    loaded = Voice.load(voice, lexicon=lexicon)
    start = time.perf_counter()
    speech = loaded.speak(text, rate=rate, pitch_shift=pitch_shift, seed=seed)
    spent = time.perf_counter() - start
    if output == "-":
        if sys.stdout is None:
            raise ParakeetError("standard output is closed; give a file with --output.")
        speech.save(sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        speech.save(output)
    click.echo(
        f"{'standard output' if output == '-' else output}: {speech.seconds:.2f} s of speech in {spent:.2f} s: "
        f"real-time factor {spent / max(speech.seconds, 1e-9):.3f} ({os.environ.get('OMP_NUM_THREADS', '1')} threads).",
        err=True,
    )


def _read_text(text_file):
    if text_file is None or text_file == "-":
        if text_file is None and sys.stdin.isatty():
            raise click.UsageError("nothing to speak: give --text, --file, or a text on standard input.")
        # Decoded here: the terminal's own coding may be another, and passes bytes it does not know as halves of characters.
        name, read = "standard input", sys.stdin.buffer.read
    else:
        name, read = text_file, Path(text_file).read_bytes
    try:
        return read().decode("utf-8-sig")
    except FileNotFoundError:
        raise ParakeetError(f"{name}: no such text file. Check the path, or give --text.") from None
    except OSError as error:
        raise ParakeetError(f"{name}: can't be read ({error.strerror}). Check its rights, or give --text.") from None
    except UnicodeDecodeError as error:
        raise ParakeetError(f"{name}: not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
