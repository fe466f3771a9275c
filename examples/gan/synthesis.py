"""Listen to a run: ``python examples/gan/synthesis.py RUN FILE.wav``: eight real plucks, then eight that the generator made."""

import sys
from pathlib import Path

import numpy as np

from parakeet.audio.io import write_wav
from parakeet.checkpoint import SnapshotStore
from parakeet.config import load_config
from parakeet.cpu import import_paddle

from data import LENGTH, SAMPLE_RATE, Plucks

COUNT = 8
APART = 0.25  # seconds


def load_generator(run):
    """The generator of a run, from its newest valid snapshot.

    Args:
        run (str or Path): the run folder.

    Returns:
        Generator: in evaluation mode.
    """
    from parakeet.training.optimizer_state import restore_model

    from utils import GANConfig, Generator

    snapshot = SnapshotStore(Path(run) / "snapshots").newest()
    if snapshot is None:
        sys.exit(f"{run} holds no snapshot: train it first, with python examples/gan/train.py train --output {run}")
    generator = Generator(**load_config(GANConfig, Path(run) / "config.yaml").model.model_dump())
    restore_model(generator, snapshot.load_part("models")["generator"], "the generator")
    generator.eval()
    return generator


def main(run, path, seed=0):
    """Write one file of sounds, each a while after the other."""
    import paddle

    paddle.seed(seed)
    generator = load_generator(run)
    with paddle.no_grad():
        made = generator(COUNT).numpy()
    real = np.stack([example["wav"] for example in Plucks(COUNT, seed=3)])
    silence = np.zeros((2 * COUNT, int(APART * SAMPLE_RATE) - LENGTH), np.float32)
    wav = np.concatenate([np.concatenate([real, made]), silence], axis=1).reshape(-1)
    write_wav(path, wav, SAMPLE_RATE)
    print(f"{path}: {COUNT} real plucks, {COUNT} made ones, {len(wav) / SAMPLE_RATE:.1f} s")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    import_paddle("Synthesis")
    main(*sys.argv[1:])
