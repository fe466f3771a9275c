"""Prepared data -> batches: crops of recordings and their mel spectra, and for a softmax the samples' codes."""

from parakeet.audio.codes import mu_law_encode
from parakeet.preparation.vocoder import vocoder_cargoes


class Coded:
    """The batch function of another one, whose batches get ``codes`` (B, N), int64, of their ``wav``.

    Args:
        batch_fn (Callable): examples, rng -> batch.
        classes (int): how many codes there are.
    """

    def __init__(self, batch_fn, classes):
        self.batch_fn, self.classes = batch_fn, classes

    def __call__(self, examples, rng):
        batch = self.batch_fn(examples, rng)
        return {**batch, "codes": mu_law_encode(batch["wav"], self.classes)}


def build_cargoes(prepared, config):
    """Crops to train on, and the middles of held-out recordings.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        config (WaveNetConfig): all of the experiment.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    wrap = (lambda crops: Coded(crops, config.model.classes)) if config.model.output == "softmax" else None
    return vocoder_cargoes(prepared, config.training.seed, wrap=wrap, **config.data.model_dump(exclude={"path"}))
