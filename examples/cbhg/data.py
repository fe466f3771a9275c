"""Prepared data -> batches: mel spectra beside the linear ones of the same frames."""

from parakeet.preparation.linear import linear_cargoes


def build_cargoes(prepared, config):
    """The training data in batches of similar lengths, and the validation data in order.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made, with recordings.
        config (CBHGConfig): all of the experiment.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    return linear_cargoes(prepared, config.data.batch_frames, config.training.seed)
