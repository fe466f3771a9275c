"""Train SpeedySpeech on prepared data: ``python examples/speedyspeech/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from functools import cached_property, partial

import numpy as np

from parakeet.errors import ConfigError, TextError
from parakeet.models.speedyspeech import speedyspeech_losses
from parakeet.preparation.store import PreparedData
from parakeet.training import Experiment, report
from parakeet.training.extensions import AudioSamples
from parakeet.voice import Voice
from parakeet.voice.description import LEXICON
from parakeet.voice.engines.dynamic import dynamic_engine

from data import build_cargoes
from utils import SpeedySpeechConfig, build_model, describe_voice, leave_voice

INPUTS = ("text", "text_lengths", "durations", "pitch", "energy")


class SpeedySpeechExperiment(Experiment):
    """Phones to mel spectrum, with durations from forced alignment; Griffin-Lim speaks the samples."""

    config_class = SpeedySpeechConfig
    printed = (
        "iteration",
        "epoch",
        "elapsed_time",
        "loss",
        "mel_loss",
        "valid/loss",
        "valid/mel_loss",
        "learning_rate",
    )

    @cached_property
    def prepared(self):
        """PreparedData: what is trained on."""
        return PreparedData(self.config.data.path)

    def build_data(self):
        """Training and validation batches."""
        return build_cargoes(self.prepared, self.config)

    def build_model(self):
        """The model with fresh weights."""
        return build_model(self.prepared, self.config.model)

    def compute_loss(self, model, batch):
        """The losses of one batch, in training and in evaluation."""
        outputs = model(*(batch[key] for key in INPUTS), n_frames=batch["mel"].shape[1])
        losses = speedyspeech_losses(outputs, batch, model.mel_std)
        report({name: (loss, self.batch_weight(batch)) for name, loss in losses.items()})
        return losses["loss"]

    def batch_weight(self, batch):
        """What a batch counts among several: its frames."""
        return batch["mel_lengths"].sum()

    def build_extensions(self, trainer):
        """The usual ones, ``voice.json``, and the sentences to listen to."""
        yield from super().build_extensions(trainer)
        description = describe_voice(self.prepared, self.config.model)
        yield leave_voice(description, self.prepared)
        if self.config.samples:
            lexicon = self.prepared.directory / LEXICON if description.has_lexicon else None
            voice = Voice(description, dynamic_engine(description, self.model), lexicon)
            self.refuse_unspeakable(voice)
            speak = partial(self.speak, voice)
            yield AudioSamples(speak, self.config.samples, model=self.model), self.config.training.samples

    def refuse_unspeakable(self, voice):
        """Raise a ConfigError for a sample sentence that can't be read: now, not when it is due."""
        for number, sentence in enumerate(self.config.samples):
            try:
                voice.phones(sentence)
            except TextError as error:
                raise ConfigError(f"samples.{number}: {error}") from error

    @staticmethod
    def speak(voice, sentence):
        """What the dashboard shows of a sentence: sound, mel spectrum, and which symbol each frame belongs to."""
        speech = voice.speak(sentence)
        alignment = np.repeat(np.eye(len(speech.phones), dtype=np.float32), speech.durations, axis=0)
        return {"wav": speech.wav, "sample_rate": speech.sample_rate, "mel": speech.mel, "alignment": alignment}


if __name__ == "__main__":
    SpeedySpeechExperiment.main()
