"""Let a voice be heard and seen at several stages of its training: sounds, pictures and the table of docs/guides/stages.md.

Needs the extra ``listen``: what a recogniser hears stands in the table, too.

A stage is ``RUN@ITERATION`` of an acoustic model, spoken by Griffin-Lim, or ``RUN@ITERATION+RUN@ITERATION`` with a vocoder behind it. A run
without ``@ITERATION`` gives its newest snapshot. A run keeps few snapshots; those that were copied out of it while it trained are looked
for as ``KEPT/<name of the run>/step-<iteration>``, and need not hold the optimizers. Each stage is packed, as by ``parakeet pack``, and
speaks. The page of the voice that comes along, a minute's work:

    python scripts/voice_stages.py --kept stages runs/acoustic@100 runs/acoustic@400 runs/acoustic@3200 runs/acoustic \\
        runs/acoustic+runs/vocoder@100 runs/acoustic+runs/vocoder@500 runs/acoustic+runs/vocoder@1500 runs/acoustic+runs/vocoder@4571 \\
        runs/acoustic+runs/vocoder
"""

import argparse
import io
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
import yaml

from parakeet.audio.io import resample
from parakeet.checkpoint import SnapshotStore
from parakeet.checkpoint.state import parse_safetensors, thaw
from parakeet.errors import DataError, ParakeetError
from parakeet.evaluation.level import at_level
from parakeet.evaluation.moonshine import MoonshineRecognizer
from parakeet.pages.media import spectrum_png
from parakeet.voice import Voice, pack_voice
from parakeet.voice.description import LEXICON, VocoderDescription, VoiceDescription
from parakeet.voice.folder import newest_snapshot

DOCS = Path(__file__).parents[1] / "docs"
PAGE, SOUNDS, PICTURES = DOCS / "guides" / "stages.md", DOCS / "sounds" / "stages", DOCS / "pictures" / "stages"
BEGIN, END = "<!-- the table, by scripts/voice_stages.py -->", "<!-- the end of the table -->"
HEAD = (
    "| acoustic model, iterations | vocoder, iterations | hours | sound | spectrum | what a recogniser hears |",
    "| ---: | ---: | ---: | --- | --- | --- |",
)
TEXT = "Will it rain tomorrow? Put on a warm coat, and come home before dark."  # nobody read that for the corpus
WIDTH, HEIGHT = 440, 160
DRAWN_RATE = 11025  # of the sound as it is drawn: half of that is where harmonics are seen one by one
MOST_BYTES = 40_000


class Part(NamedTuple):
    """One model of a stage: its run, and the folder of the snapshot."""

    run: Path
    snapshot: Path

    @property
    def iteration(self):
        """int: when the snapshot was taken."""
        return int(self.snapshot.name.split("-")[1])


def parse_part(text, kept):
    """Find what ``RUN`` or ``RUN@ITERATION`` means; DataError if there is no such snapshot."""
    name, _, iteration = text.partition("@")
    run = Path(name)
    if not iteration:
        return Part(run, newest_snapshot(run).path)
    folder = f"step-{int(iteration):08d}"
    for snapshot in (run / "snapshots" / folder, kept / run.resolve().name / folder):
        if (snapshot / "manifest.json").is_file():
            return Part(run, snapshot)
    raise DataError(f"{text}: neither {run / 'snapshots'} nor {kept / run.resolve().name} holds {folder}.")


def run_of(part, folder):
    """Make a run that ends at the stage, with no more in it than a voice takes."""
    folder.mkdir()
    for name in (VoiceDescription.FILE, VocoderDescription.FILE, LEXICON):
        if (part.run / name).is_file():
            shutil.copyfile(part.run / name, folder / name)
    tree = json.loads((part.snapshot / "state.json").read_bytes())
    state = {}
    for name in {"models", "extensions"} & set(tree):  # the extensions hold the moving average
        file = part.snapshot / f"{name}.safetensors"
        state[name] = thaw(tree[name], parse_safetensors(bytearray(file.read_bytes())) if file.is_file() else {})
    SnapshotStore(folder / "snapshots").save(part.iteration, state)
    return folder


def speak(parts):
    """Pack a stage and let it speak.

    Returns:
        tuple[ndarray, int]: the sound, as loud as every other, and its sample rate.
    """
    with tempfile.TemporaryDirectory() as folder:
        runs = [run_of(part, Path(folder) / f"run-{place}") for place, part in enumerate(parts)]
        voice = pack_voice(runs[0], Path(folder) / "voice", vocoder=runs[1] if len(runs) > 1 else None)
        speech = Voice.load(voice).speak(TEXT)
    return at_level(speech.wav, speech.sample_rate), speech.sample_rate


def history(part):
    """The lengths of the runs that made a model, ``[(iterations, seconds)]``: one that began with another's weights had its newest."""
    records = (json.loads(line) for line in (part.run / "log.jsonl").read_text(encoding="utf-8").splitlines())
    seconds = max((record["elapsed_time"] for record in records if record["iteration"] <= part.iteration), default=0.0)
    before = yaml.safe_load((part.run / "config.yaml").read_text(encoding="utf-8")).get("initial")
    earlier = history(Part(Path(before), newest_snapshot(before).path)) if before is not None else []
    return [*earlier, (part.iteration, seconds)]


def row(place, parts, wav, sample_rate):
    """A line of the table."""
    histories = [history(part) for part in parts]
    trained = [" + ".join(f"{iterations:,}" for iterations, _ in one) for one in histories]
    hours = sum(seconds for one in histories for _, seconds in one) / 3600
    sound, picture = (f"../{folder.relative_to(DOCS).as_posix()}/{place}" for folder in (SOUNDS, PICTURES))
    cells = (
        trained[0],
        trained[1] if len(parts) > 1 else "Griffin-Lim",
        f"{hours:.2f}",
        f"[listen]({sound}.ogg)",
        f"![The spectrum of stage {place}]({picture}.png)",
        MoonshineRecognizer().transcribe(wav, sample_rate),
    )
    return f"| {' | '.join(cells)} |"


def write_sound(file, wav, sample_rate):
    """Write a small file, unless it is there already; DataError if it isn't small."""
    content = io.BytesIO()
    soundfile.write(content, wav, sample_rate, format="OGG", subtype="VORBIS")
    if content.tell() > MOST_BYTES:
        raise DataError(f"{file}: {content.tell()} bytes are more than {MOST_BYTES}. Choose a shorter text.")
    content.seek(0)
    # The same sound never gives the same bytes twice: the format numbers its streams at random.
    if not file.is_file() or not np.array_equal(soundfile.read(file)[0], soundfile.read(content)[0]):
        file.write_bytes(content.getvalue())


def tidy(folder, stages):
    """Leave nothing of further stages that were there before."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        if int(file.stem) > stages:
            file.unlink()


def main(arguments):
    """Write sounds, pictures and the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kept", type=Path, default=Path("stages"), help="where snapshots were copied to")
    parser.add_argument("stages", nargs="+", metavar="STAGE")
    options = parser.parse_args(arguments)
    stages = [[parse_part(text, options.kept) for text in stage.split("+")] for stage in options.stages]
    spoken = [speak(parts) for parts in stages]
    longest = max(len(wav) for wav, _ in spoken)
    tidy(SOUNDS, len(stages))
    tidy(PICTURES, len(stages))
    rows = []
    for place, (parts, (wav, sample_rate)) in enumerate(zip(stages, spoken, strict=True), 1):
        write_sound(SOUNDS / f"{place}.ogg", wav, sample_rate)
        drawn = resample(np.pad(wav, (0, longest - len(wav))), sample_rate, DRAWN_RATE)  # one scale of time for all
        (PICTURES / f"{place}.png").write_bytes(spectrum_png(drawn, DRAWN_RATE, WIDTH, HEIGHT))
        rows.append(row(place, parts, wav, sample_rate))
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text("\n".join([before + BEGIN, "", *HEAD, *rows, "", END + rest.split(END)[1]]), encoding="utf-8")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ParakeetError as error:
        sys.exit(f"error: {error}")
