"""What experiments have in common that train a vocoder by a loss of its own, without discriminators."""

from functools import cached_property

from parakeet.config import Config
from parakeet.experiments.samples import draw_wav
from parakeet.experiments.vocoder import Count, VocoderDataConfig, build_vocoder, leave
from parakeet.preparation.store import PreparedData
from parakeet.training import Experiment, TrainingConfig
from parakeet.training.extensions import AudioSamples
from parakeet.training.extensions.evaluation_mode import evaluation_mode
from parakeet.voice.description import ModelDescription, VocoderDescription, corpus_of


class PlainVocoderConfig(Config):
    """What the configurations of these experiments hold; an experiment's own adds ``model``.

    Attributes:
        data: what is trained on.
        heard_frames: of each of three held-out recordings, so many are made sound to be listened to.
        training: how.
    """

    data: VocoderDataConfig
    heard_frames: Count = 125
    training: TrainingConfig = TrainingConfig()


class PlainVocoderExperiment(Experiment):
    """Mel spectrum to sound. A subclass names its `vocoder`, and writes `build_data`, `vocoder_options` and `compute_loss`."""

    harmless = (*Experiment.harmless, "data.predicted", "heard_frames")

    vocoder = None
    """str: a name of ``parakeet.models.MODELS``."""

    printed = ("iteration", "epoch", "elapsed_time", "loss", "valid/loss")

    @cached_property
    def prepared(self):
        """PreparedData: what is trained on."""
        return PreparedData(self.config.data.path)

    def vocoder_options(self):
        """dict: keyword arguments of the model, all but ``n_mels``."""
        raise NotImplementedError(f"{type(self).__name__} must define vocoder_options(self)")

    def description(self):
        """VocoderDescription: what ``vocoder.json`` will hold."""
        model = ModelDescription(self.vocoder, self.vocoder_options())
        return VocoderDescription(model, self.prepared.mel_config, corpus_of(self.prepared))

    def build_model(self):
        """The model, with fresh weights; refuses another hop length than the data's (ConfigError)."""
        return build_vocoder(self.vocoder, self.prepared, **self.vocoder_options())

    def vocode(self, mel, seed=0):
        """The sound of a spectrum as the model is now.

        Args:
            mel (ndarray): (T, n_mels).
            seed (int): of what is drawn.

        Returns:
            ndarray: (T * hop_length,), float32 in [-1, 1].
        """
        with evaluation_mode(self.model, None):
            return draw_wav(self.model, mel, seed)

    def say(self, index):
        """The sound of a recorded utterance's mel spectrum: (N,) float32 in [-1, 1]."""
        return self.vocode(self.prepared[index]["mel"])

    def copy(self, index):
        """The beginning of a recording through its mel spectrum and back."""
        mel = self.prepared[index]["mel"][: self.config.heard_frames]
        return {"wav": self.vocode(mel), "sample_rate": self.prepared.mel_config.sample_rate, "mel": mel}

    def build_extensions(self, trainer):
        """The usual ones, ``vocoder.json``, and copies of held-out recordings to listen to."""
        yield from super().build_extensions(trainer)
        yield leave(self.description())
        samples = AudioSamples(self.copy, self.prepared.indices("valid")[:3], model=self.model, context=self.averaged)
        yield samples, self.training.samples
