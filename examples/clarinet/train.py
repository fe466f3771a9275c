"""Distil a ClariNet from a WaveNet: ``python examples/clarinet/train.py train --data DIR --output RUN teacher=WAVENET_RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from functools import cached_property

import paddle

from parakeet.errors import ConfigError
from parakeet.experiments.plain_vocoder import PlainVocoderExperiment
from parakeet.experiments.samples import load_sample_model
from parakeet.models.clarinet import distillation_losses, frame_loss
from parakeet.training import report

from data import build_cargoes
from utils import ClariNetConfig


class ClariNetExperiment(PlainVocoderExperiment):
    """Noise to sound: what the teacher thinks of each sample, and the recording's spectrum."""

    config_class = ClariNetConfig
    harmless = (*PlainVocoderExperiment.harmless, "teacher")
    vocoder = "clarinet"
    printed = ("iteration", "epoch", "elapsed_time", "loss", "kl", "frame_loss", "valid/loss")

    @cached_property
    def teacher(self):
        """tuple[WaveNet, VocoderDescription]: it does not learn.

        Raises:
            ConfigError: if it has another output than a single Gaussian, or knows other spectra than the data's.
        """
        model, description = load_sample_model(self.config.teacher, "wavenet")
        if model.output.channels != 3:
            raise ConfigError(
                f"teacher: the WaveNet of {self.config.teacher} has {model.output.channels} numbers for a sample; a student learns from a "
                "single Gaussian, which has 3. Train one with model.output=gaussian."
            )
        different = description.mel.differences(self.prepared.mel_config)
        if different:
            raise ConfigError(
                f"teacher: the WaveNet of {self.config.teacher} knows other spectra than those of {self.prepared.directory}: "
                f"{'; '.join(different)}. Prepare the data as it was trained."
            )
        for parameter in model.parameters():
            parameter.stop_gradient = True
        return model, description

    def build_data(self):
        """Crops to train on, and held-out recordings.

        Raises:
            ConfigError: if a crop is shorter than the transform that compares spectra.
        """
        shortest, n_fft = min(self.config.data.crop_frames, self.config.data.valid_frames), self.config.transform.n_fft
        if shortest * self.prepared.mel_config.hop_length < n_fft:
            raise ConfigError(
                f"transform.n_fft: expected at most the {shortest * self.prepared.mel_config.hop_length} samples of the shortest crop "
                f"(data.crop_frames, data.valid_frames), received {n_fft}. Make the crops longer, or the transform shorter."
            )
        return build_cargoes(self.prepared, self.config)

    def vocoder_options(self):
        """As configured; the upsampling as the teacher's."""
        scales = self.teacher[1].vocoder.options["upsample_scales"]
        return {"upsample_scales": list(scales), **self.config.model.model_dump()}

    def build_model(self):
        """The student, whose upsampling is the teacher's."""
        student = super().build_model()
        student.take_upsampling(self.teacher[0].upsample)
        return student

    def compute_loss(self, model, batch):
        """The divergence from the teacher and the distance of spectra."""
        mel, wav, weights = batch["mel"], batch["wav"], self.config.weights
        drawn = model(paddle.randn(wav.shape), mel)
        losses = distillation_losses(drawn, self.teacher[0].moments, mel, weights.scales, weights.least_log_scale)
        losses["frame_loss"] = frame_loss(drawn.wav, wav, **self.config.transform.model_dump())
        loss = weights.kl * losses["kl_loss"] + weights.frames * losses["frame_loss"]
        report({"loss": loss, **losses})
        return loss


if __name__ == "__main__":
    ClariNetExperiment.main()
