"""What all acoustic models share as experiments: data, loss, the voice they leave behind, and the sentences to listen to.

::

    class MyExperiment(AcousticExperiment):
        config_class = MyConfig  # an AcousticConfig with a section `model`
        model_name = "speedyspeech"  # a row of parakeet.models.MODELS

        def losses(self, outputs, batch):
            return speedyspeech_losses(outputs, batch, self.model.mel_std)
"""

import shutil
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from parakeet.config import Config
from parakeet.errors import ConfigError, TextError
from parakeet.frontend.vocab import Vocab
from parakeet.models import load_model_class
from parakeet.preparation.acoustic import acoustic_cargoes, model_inputs
from parakeet.preparation.store import PreparedData
from parakeet.training import Experiment, TrainingConfig, make_extension, report
from parakeet.training.extensions import AudioSamples
from parakeet.voice import Voice
from parakeet.voice.description import LEXICON, ModelDescription, VoiceDescription
from parakeet.voice.engines.dynamic import dynamic_engine


def _odd(value):
    if value % 2 == 0:
        raise ValueError(f"a kernel has a middle, so its size is odd; it is {value}")
    return value


Count = Annotated[int, Field(gt=0)]
KernelSize = Annotated[Count, AfterValidator(_odd)]
Probability = Annotated[float, Field(ge=0, lt=1)]


class PreparedSection(Config):
    """``path``: the folder that ``parakeet prepare`` made (``--data``); ``batch_frames``: frames in a batch, padding included."""

    path: str
    batch_frames: Count = 1200


class AcousticConfig(Config):
    """All of an experiment, but its section ``model``. ``samples`` are sentences to speak while it trains."""

    data: PreparedSection
    training: TrainingConfig = TrainingConfig()
    samples: tuple[str, ...] = ()


class AcousticExperiment(Experiment):
    """Phones to mel spectrum, with durations, pitch and energy from the recordings; Griffin-Lim speaks the samples.

    Attributes:
        model_name (str): a row of ``parakeet.models.MODELS``; the section ``model`` of the configuration holds its options.
    """

    model_name = None
    printed = ("iteration", "epoch", "elapsed_time", "loss", "mel_loss", "valid/loss", "valid/mel_loss", "learning_rate")

    def losses(self, outputs, batch):
        """Compute the losses of one batch.

        Args:
            outputs (dict): what the model's ``forward`` gave.
            batch (dict): of tensors; see `parakeet.preparation.acoustic.batch_symbols`.

        Returns:
            dict[str, Tensor]: name to scalar; ``loss`` is what is lowered.
        """
        raise NotImplementedError(f"{type(self).__name__} must define losses(self, outputs, batch)")

    @cached_property
    def prepared(self):
        """PreparedData: what is trained on."""
        return PreparedData(self.config.data.path)

    def build_data(self):
        """Training and validation batches."""
        return acoustic_cargoes(self.prepared, self.config.data.batch_frames, self.config.training.seed)

    def build_model(self):
        """The model of this configuration for this data, with fresh weights."""
        statistics = self.prepared.statistics
        return load_model_class(self.model_name)(
            vocab_size=len(self.prepared.symbols) + 1,
            n_mels=self.prepared.mel_config.n_mels,
            mel_mean=statistics["mel_mean"],
            mel_std=statistics["mel_std"],
            **self.model_options(),
        )

    def model_options(self):
        """dict: what the configuration says of the model; an experiment may fill in what is for the data to say."""
        return self.config.model.model_dump(mode="json")

    def compute_loss(self, model, batch):
        """The loss of one batch, in training and in evaluation."""
        outputs = model(**model_inputs(model, batch))
        losses = self.losses(outputs, batch)
        report({name: (loss, self.batch_weight(batch)) for name, loss in losses.items()})
        return losses["loss"]

    def batch_weight(self, batch):
        """What a batch counts among several: its frames."""
        return batch["mel_lengths"].sum()

    def description(self):
        """VoiceDescription: what ``voice.json`` will hold."""
        return VoiceDescription.of_data(self.prepared, ModelDescription(self.model_name, self.model_options()))

    def say(self, index):
        """Speak the phones of a recorded utterance with the model as it is, and with Griffin-Lim.

        Args:
            index (int): its position in the prepared data.

        Returns:
            ndarray: (N,) float32 in [-1, 1].
        """
        engine = dynamic_engine(self.description(), self.model)
        mel, _ = engine.acoustic(Vocab(self.prepared.symbols).encode(self.prepared[index]["phones"]))
        return engine.vocode(mel)

    def build_extensions(self, trainer):
        """The usual ones, ``voice.json``, and the sentences to listen to."""
        yield from super().build_extensions(trainer)
        description = self.description()
        yield leave_voice(description, self.prepared)
        if self.config.samples:
            lexicon = self.prepared.directory / LEXICON if description.has_lexicon else None
            voice = Voice(description, dynamic_engine(description, self.model), lexicon)
            refuse_unspeakable(voice, self.config.samples)
            speak = partial(spoken, voice)
            samples = AudioSamples(speak, self.config.samples, model=self.model, context=self.averaged)
            yield samples, self.config.training.samples


def leave_voice(description, prepared):
    """An extension that writes ``voice.json`` (and the lexicon) into the run folder when training begins."""

    def initializer(trainer):
        if description.has_lexicon:
            shutil.copyfile(prepared.directory / LEXICON, Path(trainer.out) / LEXICON)
        description.save(trainer.out)

    return make_extension(default_name="voice", trigger=(1, "epoch"), initializer=initializer)(lambda trainer: None)


def refuse_unspeakable(voice, samples):
    """Raise a ConfigError for a sample sentence that can't be read: now, not when it is due."""
    for number, sentence in enumerate(samples):
        try:
            voice.phones(sentence)
        except TextError as error:
            raise ConfigError(f"samples.{number}: {error}") from error


def spoken(voice, sentence):
    """What the dashboard shows of a sentence: sound, mel spectrum, and which symbol each frame belongs to."""
    speech = voice.speak(sentence)
    alignment = np.repeat(np.eye(len(speech.phones), dtype=np.float32), speech.durations, axis=0)
    return {"wav": speech.wav, "sample_rate": speech.sample_rate, "mel": speech.mel, "alignment": alignment}
