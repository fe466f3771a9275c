"""Prepared data -> batches: symbols, and the spectrum they make; durations come along and are not looked at."""

from parakeet.preparation.acoustic import acoustic_cargoes


def build_cargoes(prepared, config):
    """The training data in batches of similar lengths, and the validation data in order.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        config (TransformerTTSConfig): all of the experiment.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    return acoustic_cargoes(prepared, config.data.batch_frames, config.training.seed)
