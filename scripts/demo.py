"""``make demo``: a voice trained on recorded speech, and heard.

Run again, it goes on where it stopped; once trained, it only speaks (``TEXT="..." make demo`` speaks that text).
"""

import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from parakeet.errors import DataError, ParakeetError
from parakeet.voice.folder import bundled_voice

DEMO = Path("demo")
EXAMPLE = Path("examples/speedyspeech")
SENTENCES = (  # none of them is in the corpus
    "Hello, this is the voice that was trained on this computer.",
    "The message you have selected is the first new message.",
    "To leave a message, press one, or wait for the tone.",
    "All representatives are busy now, please call again tomorrow at nine.",
)


def step(number, title):
    """Announce a step."""
    print(f"\n== {number}/4 {title}", flush=True)


def parakeet(*arguments):
    """Run a command of parakeet, shown as one would type it."""
    arguments = [str(argument) for argument in arguments]
    print("$ parakeet " + " ".join(f'"{a}"' if " " in a else a for a in arguments), flush=True)
    code = subprocess.run([sys.executable, "-m", "parakeet", *arguments]).returncode
    if code != 0:
        sys.exit(code)


def speak_at_once():
    """Let the voice that came along say something, before there is another; where none came along, nothing."""
    try:
        bundled_voice()
    except DataError:
        return
    print("\n== The voice that came along")
    parakeet("speak", SENTENCES[1], "--output", DEMO / "0.wav")


def choose_corpus():
    """Name the corpus that can be had here, and say why."""
    if platform.system() != "Linux" or shutil.which("apt-get") is None:
        return (
            "espeak",
            "there is no apt-get here, so Debian's recorded speech can't be fetched; speech from espeak-ng is made instead",
        )
    found = subprocess.run(["apt-cache", "show", "asterisk-core-sounds-en-g722"], capture_output=True)
    if found.returncode != 0:
        return (
            "espeak",
            "apt-get knows no package asterisk-core-sounds-en-g722 (try `apt-get update`); speech from espeak-ng is made instead",
        )
    return "allison", "recorded speech of one professional speaker, from Debian's packages"


def build_corpus():
    """Make the corpus; recorded speech where it can be had."""
    for name in ("allison", "espeak"):
        if (DEMO / name / "corpus.json").is_file():
            print(f"The corpus is there already: {DEMO / name}")
            return DEMO / name
    name, why = choose_corpus()
    print(f"The corpus is '{name}': {why}.", flush=True)
    if name == "espeak":
        print("Installing the extra 'espeak' (GPL-3) for it.", flush=True)
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--constraint",
            "constraints.txt",
            "-e",
            ".[espeak]",
        ]
        subprocess.run(command, check=True)
    parakeet("corpus", name, DEMO / name)
    return DEMO / name


def train(prepared, run):
    """Train, or go on training."""
    if (run / "run.json").is_file():
        parakeet("resume", run)
    else:
        parakeet(
            "train",
            EXAMPLE / "train.py",
            "--config",
            EXAMPLE / "configs/demo.yaml",
            "--data",
            prepared,
            "--output",
            run,
        )


def main():
    """Corpus, preparation, training, speech."""
    start = time.monotonic()
    DEMO.mkdir(exist_ok=True)
    speak_at_once()
    run = DEMO / "run"
    if not (run / "finished").is_file():
        step(1, "Recorded speech")
        corpus = build_corpus()
        step(2, "Preparing it: spectra, pitch, phones, and when each phone is spoken")
        parakeet("prepare", corpus, DEMO / "prepared")
        step(3, "Training a voice (some five minutes on two cores)")
        train(DEMO / "prepared", run)
        (run / "finished").touch()
    step(4, "Speaking")
    text = os.environ.get("TEXT")
    spoken = {"text.wav": text} if text else {f"{n}.wav": sentence for n, sentence in enumerate(SENTENCES, 1)}
    for name, sentence in spoken.items():
        parakeet("speak", sentence, "--voice", run, "--output", DEMO / name)
    print(f"\nDone in {(time.monotonic() - start) / 60:.1f} minutes. Listen:")
    for name, sentence in spoken.items():
        print(f"  {DEMO / name}: {sentence}")
    print('Speak a text of your own:  TEXT="Good morning." make demo')
    print(f"Watch how it was trained:  {sys.executable} -m parakeet dashboard {run}")


if __name__ == "__main__":
    try:
        main()
    except ParakeetError as error:
        sys.exit(f"demo: {error}")
