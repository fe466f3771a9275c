"""Prepared data -> batches: crops of recordings and their mel spectra, without the steps between the numbers of a recording."""

import numpy as np

from parakeet.preparation.vocoder import vocoder_cargoes

STEP = 2.0**-15
"""Between two numbers of a 16-bit recording."""


class Dithered:
    """The batch function of another one, whose ``wav`` (B, N) is moved by up to half a step of a 16-bit recording.

    A density of numbers that stand on a grid, or that are all zero, has no bound: it would be learnt before any speech.

    Args:
        batch_fn (Callable): examples, rng -> batch.
    """

    def __init__(self, batch_fn):
        self.batch_fn = batch_fn

    def __call__(self, examples, rng):
        batch = self.batch_fn(examples, rng)
        moved = batch["wav"] + rng.uniform(-STEP / 2, STEP / 2, batch["wav"].shape)
        return {**batch, "wav": moved.astype(np.float32)}


def build_cargoes(prepared, config):
    """Crops to train on, and the middles of held-out recordings.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        config (WaveFlowConfig): all of the experiment.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    return vocoder_cargoes(prepared, config.training.seed, wrap=Dithered, **config.data.model_dump(exclude={"path"}))
