"""A voice of one folder, out of the run of an acoustic model and that of a vocoder."""

import contextlib
import dataclasses
import os
import secrets
import shutil
from pathlib import Path

import parakeet
from parakeet.errors import DataError
from parakeet.voice.description import LEXICON, VocoderDescription, VoiceDescription
from parakeet.voice.folder import (
    is_packed,
    newest_snapshot,
    trained_weights,
    weights_file,
    write_manifest,
    write_weights,
)
from parakeet.voice.weights import set_weights

LICENCE = "LICENSE.txt"
CARD = "MODEL_CARD.md"


def pack_voice(run, directory, vocoder=None, half=False, licence=None, card=None):
    """Make a voice that can be copied anywhere, from the newest valid snapshots; their moving averages where the runs kept such.

    Args:
        run (str | Path): of the acoustic model.
        directory (str | Path): to make; it appears whole or not at all.
        vocoder (str | Path, optional): the run of a vocoder; Griffin-Lim speaks without one.
        half (bool): store most weights in 16 bits, for half the size.
        licence (str | Path, optional): the file to put in as ``LICENSE.txt``, instead of what the corpus says of itself.
        card (str | Path, optional): the file to put in as ``MODEL_CARD.md``, instead of a generated one.

    Returns:
        Path: the folder.

    Raises:
        DataError: if the folder is there already, a run is none, the two don't fit one another, or weights are no numbers.
        SnapshotError: if a run has no valid snapshot.
    """
    run, directory = Path(run), Path(os.path.abspath(directory))
    _refuse_occupied(directory)
    if is_packed(run):
        raise DataError(f"{run}: is packed already. Give the run that it was made of.")
    texts = {name: _read_given(file) for name, file in ((LICENCE, licence), (CARD, card)) if file is not None}
    description = VoiceDescription.load(run)
    acoustic, source = _acoustic(run, description)
    weights, sources = {"acoustic": acoustic}, [source]
    corpora = [description.corpus]
    if vocoder is not None:
        described = VocoderDescription.load(vocoder)
        _refuse_other_spectra(run, description.mel, vocoder, described.mel)
        weights["vocoder"], source = _folded_vocoder(Path(vocoder), described)
        sources.append(source)
        corpora.append(described.corpus)
        description = dataclasses.replace(description, vocoder=described.vocoder)
    texts.setdefault(LICENCE, _licence_text(corpora))
    texts.setdefault(CARD, _card_text(description, corpora, sources, weights, half))
    with _appearing_whole(directory) as beside:
        for part, arrays in weights.items():
            write_weights(weights_file(beside, part), arrays, half)
        for name, text in texts.items():
            (beside / name).write_text(text, encoding="utf-8")
        if description.has_lexicon:
            _copy_lexicon(run, beside)
        description.save(beside)
        write_manifest(beside)
    return directory


def _refuse_occupied(directory):
    if directory.is_symlink() or (directory.exists() and (not directory.is_dir() or any(directory.iterdir()))):
        raise DataError(f"{directory}: is there already. Remove it first, or pack into another folder.")


def _read_given(file):
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: can't be read as a text ({getattr(error, 'strerror', None) or error}). Check the path.") from error


def _acoustic(run, description):
    snapshot = newest_snapshot(run)
    weights = trained_weights(snapshot, "main")
    set_weights(description.build_acoustic(), weights, snapshot.path)
    return weights, f"{description.acoustic.model}, iteration {snapshot.step:,}"


def _folded_vocoder(run, described):
    snapshot = newest_snapshot(run)
    weights = trained_weights(snapshot, "generator")
    from parakeet.modules.weight_norm import fold_weight_norm

    model = described.build()
    set_weights(model, weights, snapshot.path)
    folded = {name: value.numpy() for name, value in fold_weight_norm(model).state_dict().items()}
    return folded, f"{described.vocoder.model}, iteration {snapshot.step:,}"


def _refuse_other_spectra(run, mel, vocoder, other):
    differences = mel.differences(other)
    if differences:
        raise DataError(
            f"{vocoder}: was trained on other spectra than {run}: {'; '.join(differences)}. Train both on data prepared with the same mel."
        )


@contextlib.contextmanager
def _appearing_whole(directory):
    """Give a folder beside to write into, which becomes ``directory`` when the block ends well."""
    beside = directory.with_name(f".{directory.name}.{secrets.token_hex(4)}")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        yield beside
        os.replace(beside, directory)
    except OSError as error:
        raise DataError(f"{directory}: can't be written: {error.strerror}. Check that the folder is writable and has room.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _copy_lexicon(run, beside):
    try:
        shutil.copyfile(run / LEXICON, beside / LEXICON)
    except FileNotFoundError:
        raise DataError(f"{run / LEXICON}: is missing, though voice.json names it. Restore it from the prepared data.") from None


def _licence_text(corpora):
    lines = ["This voice was trained on recordings whose own licence goes with it:", ""]
    for corpus in _distinct(corpora):
        lines += [f"- {corpus.get('name', 'unnamed')}: {corpus.get('licence', 'unknown')}"]
        lines += [f"  {corpus['attribution']}"] if corpus.get("attribution") else []
    return "\n".join(lines) + "\n"


def _card_text(description, corpora, sources, weights, half):
    mel = description.mel
    sizes = {part: sum(array.size for array in arrays.values()) for part, arrays in weights.items()}
    models = [f"{source}, {sizes[part]:,} numbers" for source, part in zip(sources, sizes, strict=True)]
    vocoder = models[1] if description.has_vocoder else f"Griffin-Lim, {description.vocoder.options['iterations']} iterations"
    names = ", ".join(corpus.get("name", "unnamed") for corpus in _distinct(corpora))
    return f"""# A voice of {names}

- Data: {"; ".join(f"{corpus.get('name', 'unnamed')} (licence: {corpus.get('licence', 'unknown')})" for corpus in _distinct(corpora))}
- Text: the frontend `{description.frontend}`, {len(description.symbols)} symbols
- Acoustic model: {models[0]}
- Vocoder: {vocoder}
- Sound: {mel.sample_rate} Hz, {mel.n_mels} mel bands up to {mel.fmax:g} Hz, a frame of {mel.hop_length} samples
- Weights: {"16 bits (vectors 32)" if half else "32 bits"}; packed by parakeet {parakeet.__version__}

`parakeet evaluate` measures how well it is understood and how it sounds.
"""


def _distinct(corpora):
    return [corpus for place, corpus in enumerate(corpora) if corpus not in corpora[:place]]
