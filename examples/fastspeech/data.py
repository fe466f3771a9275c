"""Prepared data -> batches: symbols with their durations, and the spectrum they make."""

from parakeet.preparation.acoustic import acoustic_cargoes


def build_cargoes(prepared, config):
    """The training data in batches of similar lengths, and the validation data in order.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        config (FastSpeechConfig): all of the experiment.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    return acoustic_cargoes(prepared, config.data.batch_frames, config.training.seed)
