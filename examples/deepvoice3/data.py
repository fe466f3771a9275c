"""Prepared data -> batches of symbols and the spectrum they make, and how many frames a symbol lasts in them."""

from parakeet.preparation.acoustic import acoustic_cargoes


def build_cargoes(prepared, config):
    """The training data in batches of similar lengths, and the validation data in order.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        config (DeepVoice3Config): all of the experiment.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    return acoustic_cargoes(prepared, config.data.batch_frames, config.training.seed)


def frames_a_symbol(prepared):
    """How many frames a symbol lasts in the training data, on average: the slope at which attention begins.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.

    Returns:
        float: two digits, for it need not be exact.
    """
    indices = prepared.indices("train")
    symbols = sum(len(prepared.utterance(i)["phones"]) for i in indices)
    return round(float(prepared.lengths(indices).sum() / symbols), 2)
