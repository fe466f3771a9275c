"""``voice.json``, everything but the weights that is needed to speak, and ``vocoder.json``, the same of a vocoder's run."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar

from parakeet.audio.mel import MelConfig
from parakeet.errors import DataError, nearest
from parakeet.files import read_json, write_whole

LEXICON = "lexicon.txt"

_RESTORE = "Restore it from the run that made it."


def _expect(description, **kinds):
    for name, kind in kinds.items():
        if type(getattr(description, name)) is not kind:
            raise TypeError(f"{name}: expected {kind.__name__}, received {getattr(description, name)!r}")


@dataclass(frozen=True)
class ModelDescription:
    """A model by its name.

    Args:
        model (str): a name of ``parakeet.models.MODELS``, or ``griffin_lim``.
        options (dict): keyword arguments of its constructor, but those that follow from the rest of a voice (``vocab_size, n_mels``); of
            Griffin-Lim ``iterations``.
    """

    model: str
    options: dict = field(default_factory=dict)

    def __post_init__(self):
        _expect(self, model=str, options=dict)

    def build(self, candidates, file, **sizes):
        """The model, with fresh weights, in evaluation mode.

        Args:
            candidates (Iterable[str]): the names of ``parakeet.models.MODELS`` that can be meant.
            file (str): where this description stands, for the messages.
            **sizes: what else its constructor takes.

        Returns:
            paddle.nn.Layer

        Raises:
            DataError: if there is no model of that name, or it has other options.
        """
        from parakeet.cpu import import_paddle

        import_paddle("Speaking")  # with the settings that make it fast on this processor
        from parakeet.models import load_model_class

        if self.model not in candidates:
            raise DataError(f"{file}: no model '{self.model}'; there are {', '.join(candidates)}.{nearest(self.model, candidates)}")
        try:
            model = load_model_class(self.model)(**sizes, **self.options)
        except (TypeError, ValueError) as error:
            raise DataError(f"{file}: its options are not those of '{self.model}' ({error}). {_RESTORE}") from error
        model.eval()
        return model


GRIFFIN_LIM = ModelDescription("griffin_lim", {"iterations": 60})


@dataclass(frozen=True)
class VocoderDescription:
    """What a run of a vocoder made, for ``parakeet pack``.

    Args:
        vocoder (ModelDescription): of ``parakeet.models.VOCODERS``.
        mel (MelConfig): of the spectra it was trained on.
        corpus (dict): ``name``, ``licence`` and ``attribution`` of the data it was trained on.
    """

    FILE: ClassVar = "vocoder.json"
    FORMAT: ClassVar = 1

    vocoder: ModelDescription
    mel: MelConfig
    corpus: dict = field(default_factory=dict)

    def __post_init__(self):
        _expect(self, corpus=dict)

    def save(self, directory):
        """Write ``vocoder.json`` into a folder, whole or not at all."""
        _save(self, directory)

    @classmethod
    def load(cls, directory):
        """Read ``vocoder.json`` from a folder.

        Raises:
            DataError: if it is missing, of another format, or its keys are not those of a vocoder.
        """
        return _load(cls, directory, "a vocoder", lambda content: content)

    def build(self):
        """The model, with fresh weights as they are trained, in evaluation mode; raises as ``VoiceDescription.build_vocoder``."""
        return _build_vocoder(self.vocoder, self.mel, self.FILE)


@dataclass(frozen=True)
class VoiceDescription:
    """What a voice is made of.

    A run of an acoustic model leaves one that speaks with Griffin-Lim; ``parakeet pack`` puts a vocoder in its place.

    Args:
        acoustic (ModelDescription): of ``parakeet.models.ACOUSTIC_MODELS``.
        symbols (list[str]): the vocabulary, without padding.
        frontend (str): a name of ``parakeet.frontend.FRONTENDS``.
        mel (MelConfig): of the spectra between the two models.
        vocoder (ModelDescription): of ``parakeet.models.VOCODERS``, or Griffin-Lim.
        frontend_options (dict): what else the frontend takes, such as its language.
        corpus (dict): ``name``, ``licence`` and ``attribution`` of the data it was trained on, and the ``options`` it was opened with,
            which say what was held out.
        has_lexicon (bool): whether ``lexicon.txt`` lies beside.
    """

    FILE: ClassVar = "voice.json"
    FORMAT: ClassVar = 2

    acoustic: ModelDescription
    symbols: list
    frontend: str
    mel: MelConfig
    vocoder: ModelDescription = GRIFFIN_LIM
    frontend_options: dict = field(default_factory=dict)
    corpus: dict = field(default_factory=dict)
    has_lexicon: bool = False

    def __post_init__(self):
        _expect(self, symbols=list, frontend=str, frontend_options=dict, corpus=dict, has_lexicon=bool)

    @classmethod
    def of_data(cls, prepared, acoustic):
        """The voice of an acoustic model trained on some data.

        Args:
            prepared (PreparedData): the data.
            acoustic (ModelDescription): the model.
        """
        return cls(
            acoustic=acoustic,
            symbols=prepared.symbols,
            frontend=prepared.frontend,
            mel=prepared.mel_config,
            frontend_options=prepared.frontend_options,
            corpus=corpus_of(prepared),
            has_lexicon=(prepared.directory / LEXICON).is_file(),
        )

    @property
    def has_vocoder(self):
        """bool: whether a trained vocoder speaks; if not, Griffin-Lim does."""
        return self.vocoder.model != GRIFFIN_LIM.model

    def save(self, directory):
        """Write ``voice.json`` into a folder, whole or not at all."""
        _save(self, directory)

    @classmethod
    def load(cls, directory):
        """Read ``voice.json`` from a folder.

        Raises:
            DataError: if it is missing, of another format, or its keys are not those of a voice.
        """
        return _load(cls, directory, "a voice", _as_format_2)

    def build_acoustic(self):
        """The acoustic model, with fresh weights, in evaluation mode; raises as :meth:`ModelDescription.build`."""
        from parakeet.models import ACOUSTIC_MODELS

        return self.acoustic.build(ACOUSTIC_MODELS, self.FILE, vocab_size=len(self.symbols) + 1, n_mels=self.mel.n_mels)

    def build_vocoder(self):
        """The vocoder, with fresh weights, its weight normalisation folded; None where Griffin-Lim speaks.

        Raises:
            DataError: as :meth:`ModelDescription.build`, or if its hop or sample rate is another than the spectra's.
        """
        from parakeet.modules.weight_norm import fold_weight_norm

        return fold_weight_norm(_build_vocoder(self.vocoder, self.mel, self.FILE)) if self.has_vocoder else None


def corpus_of(prepared):
    """What a voice tells of the corpus it was trained on.

    Args:
        prepared (PreparedData): the data.

    Returns:
        dict: ``name``, ``licence``, ``attribution`` and the ``options`` it was opened with.
    """
    return {key: prepared.info["corpus"].get(key, {}) for key in ("name", "licence", "attribution", "options")}


def _build_vocoder(vocoder, mel, file):
    from parakeet.models import VOCODERS

    model = vocoder.build(VOCODERS, file, n_mels=mel.n_mels)
    if model.hop_length != mel.hop_length:
        raise DataError(
            f"{file}: its vocoder makes {model.hop_length} samples of a frame, its spectra have {mel.hop_length} "
            f"(mel.hop_length). {_RESTORE}"
        )
    rate = getattr(model, "sample_rate", mel.sample_rate)  # of a vocoder with a source
    if rate != mel.sample_rate:
        raise DataError(f"{file}: its vocoder's source is of {rate} Hz, its spectra of {mel.sample_rate} Hz (mel.sample_rate). {_RESTORE}")
    return model


def _as_format_2(content):
    """A description of format 1 had one model and Griffin-Lim."""
    if content["format"] != 1:
        return content
    acoustic = {"model": content.pop("model"), "options": content.pop("model_options")}
    vocoder = {"model": GRIFFIN_LIM.model, "options": {"iterations": content.pop("griffin_lim_iterations", 60)}}
    return {**content, "format": 2, "acoustic": acoustic, "vocoder": vocoder}


def _save(description, directory):
    content = {"format": description.FORMAT, **asdict(description)}
    write_whole(Path(directory) / description.FILE, json.dumps(content, indent=1) + "\n")


def _load(cls, directory, what, upgrade):
    path = Path(directory) / cls.FILE
    if not path.is_file():
        raise DataError(
            f"{path}: not found, so {directory} is no {what.split()[1]}. Give the folder of a run that `parakeet train` made "
            f"({cls.FILE} is written when training begins), or of a voice that `parakeet pack` made."
        )
    try:
        content = upgrade(read_json(path, _RESTORE))
        if content.pop("format") != cls.FORMAT:
            raise DataError(
                f"{path}: another format than {cls.FORMAT}. Use the version of parakeet that made it, or train again."
            )
        for name in {"acoustic", "vocoder"} & set(content):
            content[name] = ModelDescription(**content[name])
        return cls(**{**content, "mel": MelConfig(**content["mel"])})
    except KeyError as error:
        raise DataError(f"{path}: not a description of {what} (it has no {error}). {_RESTORE}") from error
    except (ValueError, TypeError) as error:
        raise DataError(f"{path}: not a description of {what} ({error}). {_RESTORE}") from error
