"""``voice.json``: everything but the weights that is needed to speak."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from parakeet.audio.mel import MelConfig
from parakeet.errors import DataError, nearest
from parakeet.files import read_json, write_whole

FORMAT = 1
FILE = "voice.json"
LEXICON = "lexicon.txt"

_RESTORE = "Restore it from the run that made it."


@dataclass(frozen=True)
class VoiceDescription:
    """What a voice is made of.

    Args:
        model (str): a name of ``parakeet.models.MODELS``.
        model_options (dict): keyword arguments of the model's constructor, but ``vocab_size`` and ``n_mels``.
        symbols (list[str]): the vocabulary, without padding.
        frontend (str): a name of ``parakeet.frontend.FRONTENDS``.
        frontend_options (dict): what else the frontend takes, such as its language.
        mel (MelConfig): of the spectra the model makes.
        corpus (dict): ``name``, ``licence`` and ``attribution`` of the data it was trained on, and the ``options`` it was opened with,
            which say what was held out.
        griffin_lim_iterations (int): of the vocoder.
        has_lexicon (bool): whether ``lexicon.txt`` lies beside.
    """

    model: str
    model_options: dict
    symbols: list
    frontend: str
    mel: MelConfig
    frontend_options: dict = field(default_factory=dict)
    corpus: dict = field(default_factory=dict)
    griffin_lim_iterations: int = 60
    has_lexicon: bool = False

    def save(self, directory):
        """Write ``voice.json`` into a folder, whole or not at all."""
        write_whole(Path(directory) / FILE, json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n")

    @classmethod
    def load(cls, directory):
        """Read ``voice.json`` from a folder.

        Raises:
            DataError: if it is missing, of another format, or its keys are not those of a voice.
        """
        path = Path(directory) / FILE
        if not path.is_file():
            raise DataError(
                f"{path}: not found, so {directory} is no voice. Give the folder of a run that `parakeet train` made "
                "(voice.json is written when training begins)."
            )
        content = read_json(path, _RESTORE)
        try:
            if content.pop("format") != FORMAT:
                raise DataError(
                    f"{path}: another format than {FORMAT}. Speak with the version of parakeet that made it, or train again."
                )
            description = cls(**{**content, "mel": MelConfig(**content["mel"])})
            description._check()
            return description
        except KeyError as error:
            raise DataError(f"{path}: not a description of a voice (it has no {error}). {_RESTORE}") from error
        except (ValueError, TypeError) as error:
            raise DataError(f"{path}: not a description of a voice ({error}). {_RESTORE}") from error

    def _check(self):
        kinds = {"model": str, "model_options": dict, "symbols": list, "frontend": str, "frontend_options": dict, "corpus": dict}
        for name, kind in {**kinds, "griffin_lim_iterations": int, "has_lexicon": bool}.items():
            if type(getattr(self, name)) is not kind:
                raise TypeError(f"{name}: expected {kind.__name__}, received {getattr(self, name)!r}")

    def build_model(self):
        """The model, with fresh weights, in evaluation mode.

        Raises:
            DataError: if there is no model of that name, or it has other options.
        """
        from parakeet.models import MODELS, load_model_class

        if self.model not in MODELS:
            raise DataError(
                f"voice.json: no model '{self.model}'; there are {', '.join(MODELS)}.{nearest(self.model, MODELS)}"
            )
        try:
            model = load_model_class(self.model)(
                vocab_size=len(self.symbols) + 1, n_mels=self.mel.n_mels, **self.model_options
            )
        except (TypeError, ValueError) as error:
            raise DataError(
                f"voice.json: its model_options are not those of '{self.model}' ({error}). {_RESTORE}"
            ) from error
        model.eval()
        return model
