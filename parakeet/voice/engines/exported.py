"""What engines that were exported have in common: ``engine.json``, and graphs in files beside it."""

import json

from parakeet.errors import DataError
from parakeet.files import read_json
from parakeet.voice.engines.engine import ABOUT, Engine, exported_folder
from parakeet.voice.engines.vocoders import vocoder_of

FORMAT = 1
INPUTS = ("ids", "rate", "pitch_shift", "energy_shift")
"""Of the acoustic model's graph; the vocoder's is ``mel``."""


def write_about(folder, name, vocoder, weights):
    """Write ``engine.json``.

    Args:
        folder (Path): of the engine.
        name (str): of the engine.
        vocoder (dict | None): as ``describe_vocoder`` gives it.
        weights (dict[str, list[str]]): part to the names of those of the voice's weights that its graph refers to.
    """
    content = {"format": FORMAT, "engine": name, "vocoder": vocoder, "weights": weights}
    (folder / ABOUT).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def exported_engine(name, directory, description, open_graph):
    """An engine of exported graphs.

    Args:
        name (str): of the engine.
        directory (str | Path): the voice's folder.
        description (VoiceDescription): of the voice.
        open_graph (Callable): folder, ``"acoustic"`` or ``"vocoder"``, what ``engine.json`` says -> what takes and gives arrays.

    Returns:
        Engine: ready to be called.

    Raises:
        DataError: if the voice was not exported to it, or by another version.
    """
    folder = exported_folder(directory, name)
    again = f"Export the voice: parakeet export {directory} --engine {name}"
    if not (folder / ABOUT).is_file():
        raise DataError(f"{folder / ABOUT}: not found, so the voice has no engine '{name}'. {again}")
    about = read_json(folder / ABOUT, again)
    if about.get("format") != FORMAT or about.get("engine") != name or (about.get("vocoder") is None) == description.has_vocoder:
        raise DataError(f"{folder / ABOUT}: not of this voice, or of another version of parakeet. {again}")
    parts = ("acoustic", "vocoder") if description.has_vocoder else ("acoustic",)
    runs = {part: open_graph(folder, part, about) for part in parts}
    return Engine(name, runs["acoustic"], vocoder_of(about["vocoder"], runs.get("vocoder"), description))
