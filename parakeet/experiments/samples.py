"""Models that make samples, spoken with and learnt from after they were trained."""

import numpy as np
import paddle

from parakeet.audio.codes import mu_law_decode
from parakeet.errors import DataError
from parakeet.models import SAMPLE_MODELS
from parakeet.modules.weight_norm import fold_weight_norm
from parakeet.voice.description import VocoderDescription
from parakeet.voice.folder import newest_snapshot, trained_weights
from parakeet.voice.weights import set_weights

MODEL = "main"
"""What an experiment's only model is called in its snapshots."""


def load_sample_model(run, name):
    """The model of a run that makes samples: the average of its weights where one was kept, from its newest valid snapshot.

    Args:
        run (str | Path): the run folder.
        name (str): of ``parakeet.models.SAMPLE_MODELS``.

    Returns:
        tuple[Layer, VocoderDescription]: in evaluation mode, weight normalisation folded; what it was made for.

    Raises:
        DataError: if the folder is no such model's.
        SnapshotError: if it holds no valid snapshot.
    """
    description = VocoderDescription.load(run)
    if description.vocoder.model != name:
        raise DataError(f"{run}: holds the vocoder '{description.vocoder.model}', expected '{name}'. Give the folder of such a run.")
    model = description.vocoder.build(SAMPLE_MODELS, f"{run}/{description.FILE}", n_mels=description.mel.n_mels)
    snapshot = newest_snapshot(run)
    set_weights(model, trained_weights(snapshot, MODEL), snapshot.path)
    return fold_weight_norm(model), description


def draw_wav(model, mel, seed=0):
    """The sound of a spectrum, drawn sample by sample or all at once, as the model does it.

    Args:
        model (Layer): of ``parakeet.models.SAMPLE_MODELS``.
        mel (ndarray): (T, n_mels), natural-log amplitude.
        seed (int): of what is drawn.

    Returns:
        ndarray: (T * hop_length,), float32 in [-1, 1].
    """
    samples = model.infer(paddle.to_tensor(mel[None]), seed=seed)[0].numpy()
    codes = np.issubdtype(samples.dtype, np.integer)
    return mu_law_decode(samples, model.output.classes) if codes else np.clip(samples, -1.0, 1.0)
