"""Copy synthesis: recordings through their mel spectra and back, by a vocoder and by Griffin-Lim, to be compared by ear."""

from pathlib import Path

from parakeet.audio.griffin_lim import griffin_lim
from parakeet.audio.io import write_wav
from parakeet.errors import DataError
from parakeet.modules.weight_norm import fold_weight_norm
from parakeet.preparation.store import PreparedData
from parakeet.training.updaters.gan import GENERATOR
from parakeet.voice.description import VocoderDescription
from parakeet.voice.engines.dynamic import dynamic_vocoder
from parakeet.voice.folder import newest_snapshot, trained_weights
from parakeet.voice.weights import set_weights


def load_vocoder(run):
    """The vocoder of a run: the average of its weights, from its newest valid snapshot.

    Args:
        run (str or Path): the run folder.

    Returns:
        tuple[Layer, VocoderDescription]: in evaluation mode, weight normalisation folded; what it was made for.

    Raises:
        DataError: if the folder is no vocoder's.
        SnapshotError: if it holds no valid snapshot.
    """
    description = VocoderDescription.load(run)
    snapshot, vocoder = newest_snapshot(run), description.build()
    set_weights(vocoder, trained_weights(snapshot, GENERATOR), snapshot.path)
    return fold_weight_norm(vocoder), description


def write_copies(run, prepared_directory, folder, split="test"):
    """Write ``<utt_id>-recorded.wav``, ``<utt_id>-vocoder.wav`` and ``<utt_id>-griffin-lim.wav`` for each utterance of a split.

    Args:
        run (str or Path): of a vocoder.
        prepared_directory (str or Path): prepared data, with recordings.
        folder (str or Path): made if need be.
        split (str): of them.

    Yields:
        tuple[str, float]: name of an utterance whose files are written, and its seconds.

    Raises:
        DataError: if the data's spectra are not those that the vocoder was trained on; and as `load_vocoder`.
    """
    vocoder, description = load_vocoder(run)
    yield from write_copies_by(dynamic_vocoder(vocoder, description.mel), description, prepared_directory, folder, split)


def write_copies_by(vocode, description, prepared_directory, folder, split="test"):
    """As `write_copies`, by anything that makes sound of spectra.

    Args:
        vocode (Callable): mel (T, n_mels), seed -> wav (N,).
        description (VocoderDescription): what it was trained on.
        prepared_directory, folder, split: see there.

    Yields:
        tuple[str, float]: name of an utterance whose files are written, and its seconds.

    Raises:
        DataError: if the data's spectra are not those that it was trained on.
    """
    prepared, folder = PreparedData(prepared_directory), Path(folder)
    different = description.mel.differences(prepared.mel_config)
    if different:
        raise DataError(f"The vocoder knows other spectra than those of {prepared.directory}: {'; '.join(different)}.")
    folder.mkdir(parents=True, exist_ok=True)
    config = prepared.mel_config
    for i in prepared.indices(split):
        mel, wav, name = prepared[i]["mel"], prepared.wav(i), prepared.describe(i).replace("/", "-")
        copies = {
            "recorded": wav,
            "vocoder": vocode(mel, seed=0)[: len(wav)],
            "griffin-lim": griffin_lim(mel, config, length=len(wav)),
        }
        for kind, sound in copies.items():
            write_wav(folder / f"{name}-{kind}.wav", sound, config.sample_rate)
        yield name, len(wav) / config.sample_rate
