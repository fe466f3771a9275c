"""Prepared data -> batches: crops of recordings and their mel spectra."""

from parakeet.preparation.vocoder import vocoder_cargoes


def build_cargoes(prepared, config):
    """Crops to train on, and the middles of held-out recordings.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        config (ClariNetConfig): all of the experiment.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    return vocoder_cargoes(prepared, config.training.seed, **config.data.model_dump(exclude={"path"}))
