"""What all experiments that train a vocoder have in common."""

from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field

from parakeet.audio.mel import mel_filters
from parakeet.config import Config
from parakeet.errors import ConfigError
from parakeet.models import load_model_class
from parakeet.modules.discriminators import build_discriminators
from parakeet.modules.spectral_losses import RESOLUTIONS, MelDistance, spectral_distances
from parakeet.preparation.store import PreparedData
from parakeet.training import GANExperiment, TrainingConfig, make_extension, report
from parakeet.training.extensions import EMA, AudioSamples, InitialWeights
from parakeet.training.updaters.gan import GENERATOR
from parakeet.voice.description import ModelDescription, VocoderDescription, corpus_of
from parakeet.voice.engines.dynamic import dynamic_vocoder

Count = Annotated[int, Field(gt=0)]


class VocoderDataConfig(Config):
    """The ``data:`` section of a vocoder's configuration.

    Attributes:
        path: the folder that ``parakeet prepare`` made (``--data``).
        crop_frames, batch_size, gains, valid, valid_frames, predicted, predicted_share: see
            `parakeet.preparation.vocoder.vocoder_cargoes`.
    """

    path: str
    crop_frames: Count = 64
    batch_size: Count = 16
    gains: tuple[float, float] = (-6.0, 3.0)
    valid: Count = 32
    valid_frames: Count = 64
    predicted: str | None = None
    predicted_share: Annotated[float, Field(ge=0, le=1)] = 1.0


class DiscriminatorsConfig(Config):
    """The ``discriminators:`` section: what judges, and how it learns.

    Attributes:
        spectra, periods, period_channels, scales, scale_channels: see `parakeet.modules.discriminators.build_discriminators`.
        start: the iteration in which they join.
        learning_rate: theirs; it falls as the generator's does.
        in_turn: one of them judges and learns in each iteration, one after another: many for the price of one.
    """

    spectra: tuple[tuple[Count, Count, Count], ...] = ((1024, 256, 128), (512, 128, 128), (256, 64, 96))
    periods: tuple[Count, ...] = ()
    period_channels: tuple[Count, ...] = (8, 32, 64, 128)
    scales: tuple[Count, ...] = ()
    scale_channels: Count = 128
    start: Annotated[int, Field(ge=0)] = 2000
    learning_rate: Annotated[float, Field(gt=0)] = 5e-4
    in_turn: bool = True


class WeightsConfig(Config):
    """The ``weights:`` section: what each part of the generator's loss counts.

    Attributes:
        mel: the distance of mel spectra.
        spectral: that of linear spectra in several resolutions.
        adversarial: what the discriminators' scores say.
        features: what their features say.
    """

    mel: Annotated[float, Field(ge=0)] = 15.0
    spectral: Annotated[float, Field(ge=0)] = 2.0
    adversarial: Annotated[float, Field(ge=0)] = 1.0
    features: Annotated[float, Field(ge=0)] = 2.0


class VocoderConfig(Config):
    """What the configurations of all vocoders hold; a vocoder's own adds ``model``.

    Attributes:
        data: what is trained on.
        discriminators: what judges.
        weights: what counts.
        ema: the decay of the moving average of the vocoder's weights, which speaks.
        initial: the folder of another run, with whose weights this one begins; None for fresh ones.
        initial_discriminators: whether the discriminators begin with its weights, too, or fresh.
        training: how.
    """

    data: VocoderDataConfig
    discriminators: DiscriminatorsConfig = DiscriminatorsConfig()
    weights: WeightsConfig = WeightsConfig()
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.999
    initial: str | None = None
    initial_discriminators: bool = True
    training: TrainingConfig = TrainingConfig()


class VocoderExperiment(GANExperiment):
    """Mel spectrum to sound. A subclass names its `vocoder`, and writes `build_data`, `vocoder_options`, `discriminator_loss`, `judged`."""

    harmless = (*GANExperiment.harmless, "data.predicted", "initial")

    vocoder = None
    """str: a name of ``parakeet.models.VOCODERS``."""

    printed = ("iteration", "epoch", "elapsed_time", "generator_loss", "mel_loss", "spectral_loss", "adversarial_loss", "valid/mel_loss")

    @cached_property
    def prepared(self):
        """PreparedData: what is trained on."""
        return PreparedData(self.config.data.path)

    @cached_property
    def mel_distance(self):
        """MelDistance: of what is made from what was recorded, in spectra like those that the vocoder is given."""
        mel = self.prepared.mel_config
        return MelDistance(mel_filters(mel), mel.hop_length)

    def vocoder_options(self):
        """dict: keyword arguments of the vocoder that a voice has to know: all but ``n_mels`` and statistics."""
        raise NotImplementedError(f"{type(self).__name__} must define vocoder_options(self)")

    def vocoder_statistics(self):
        """dict: keyword arguments that come with its weights from then on."""
        return {}

    def description(self):
        """VocoderDescription: what ``vocoder.json`` will hold."""
        model = ModelDescription(self.vocoder, self.vocoder_options())
        return VocoderDescription(model, self.prepared.mel_config, corpus_of(self.prepared))

    def build_model(self):
        """The vocoder and its discriminators, with fresh weights.

        Raises:
            ConfigError: if the vocoder makes more or fewer samples of a frame than the data have, or crops are too short to be judged.
        """
        section = self.config.discriminators
        self.refuse_short_crops()
        vocoder = build_vocoder(self.vocoder, self.prepared, **self.vocoder_statistics(), **self.vocoder_options())
        return {GENERATOR: vocoder, **build_discriminators(**section.model_dump(exclude={"start", "learning_rate", "in_turn"}))}

    def refuse_short_crops(self):
        """Raise a ConfigError for crops that are shorter than the longest transform of a loss or of a discriminator."""
        hop_length = self.prepared.mel_config.hop_length
        sizes = [n_fft for n_fft, *_ in (*RESOLUTIONS, *self.config.discriminators.spectra)]
        longest = max(self.prepared.mel_config.n_fft, *sizes)
        for key in ("crop_frames", "valid_frames"):
            frames = getattr(self.config.data, key)
            if frames * hop_length < longest:
                raise ConfigError(
                    f"data.{key}: expected {-(-longest // hop_length)} frames at least, the {longest} samples of the longest transform; "
                    f"received {frames}."
                )

    @property
    def starts(self):
        """dict: all discriminators join together."""
        return {name: self.config.discriminators.start for name in self.model if name != GENERATOR}

    @property
    def in_turn(self):
        """bool: as configured."""
        return self.config.discriminators.in_turn

    @property
    def discriminator_training(self):
        """TrainingConfig: with the discriminators' own learning rate, and no warm-up."""
        return self.training.model_copy(update={"learning_rate": self.config.discriminators.learning_rate, "warmup": 0})

    def generate(self, generator, batch):
        """Sounds of the batch's spectra."""
        return generator(batch["mel"])

    def generator_loss(self, discriminators, fake, batch):
        """What is made is to have the recording's spectra, and to pass for one."""
        weights, losses = self.config.weights, self.distances(fake, batch)
        loss = self.weighted(losses)
        if discriminators:
            adversarial, features = self.judged(discriminators, fake, batch["wav"])
            losses.update(adversarial_loss=adversarial, feature_loss=features)
            loss = loss + weights.adversarial * adversarial + weights.features * features
        report(losses)
        return loss

    def weighted(self, losses):
        """What the distances count together."""
        weights = self.config.weights
        return weights.mel * losses["mel_loss"] + weights.spectral * losses["spectral_loss"]

    def judged(self, discriminators, fake, wav):
        """What the discriminators say of what is made: two scalar tensors, one of their scores and one of their features."""
        raise NotImplementedError(f"{type(self).__name__} must define judged(self, discriminators, fake, wav)")

    def distances(self, fake, batch):
        """How far the spectra of what is made are from the recordings': ``mel_loss``, and of linear spectra ``spectral_loss``."""
        return {
            "mel_loss": self.mel_distance(fake, batch["wav"]),
            "spectral_loss": sum(spectral_distances(fake, batch["wav"])),
        }

    def compute_loss(self, model, batch):
        """How far the spectra of held-out recordings are from those of their copies."""
        losses = self.distances(self.generate(model[GENERATOR], batch), batch)
        report({"loss": losses["mel_loss"], **losses})
        return losses["mel_loss"]

    def build_extensions(self, trainer):
        """The usual ones, the average of the weights, ``vocoder.json``, and copies of held-out recordings to listen to.

        Raises:
            ConfigError: if there shall be a second average, or the weights to begin with are for other spectra.
        """
        if self.training.average is not None:
            raise ConfigError("training.average: the discriminators need none; the vocoder's is set by `ema`. Leave training.average out.")
        if self.config.initial is not None:
            refuse_other_spectra(self.config.initial, self.prepared)
            models = self.model if self.config.initial_discriminators else {GENERATOR: self.model[GENERATOR]}
            yield InitialWeights(models, self.config.initial)
        average = EMA({GENERATOR: self.model[GENERATOR]}, self.config.ema)
        self.averaged = average.average
        yield average
        yield from super().build_extensions(trainer)
        yield leave(self.description())
        samples = AudioSamples(self.copy, self.prepared.indices("valid")[:3], model=self.model[GENERATOR], context=self.averaged)
        yield samples, self.training.samples

    def say(self, index):
        """The sound of a recorded utterance's mel spectrum: (N,) float32 in [-1, 1]."""
        return dynamic_vocoder(self.model[GENERATOR], self.prepared.mel_config)(self.prepared[index]["mel"], seed=0)

    def copy(self, index):
        """A recording through its mel spectrum and back."""
        return {"wav": self.say(index), "sample_rate": self.prepared.mel_config.sample_rate, "mel": self.prepared[index]["mel"]}


def build_vocoder(name, prepared, **options):
    """A model that makes sound of the spectra of prepared data, with fresh weights.

    Args:
        name (str): of ``parakeet.models.MODELS``.
        prepared (PreparedData): the data.
        **options: of its constructor, all but ``n_mels``.

    Returns:
        Layer

    Raises:
        ConfigError: if it makes more or fewer samples of a frame than the data have.
    """
    mel = prepared.mel_config
    vocoder = load_model_class(name)(n_mels=mel.n_mels, **options)
    if vocoder.hop_length != mel.hop_length:
        raise ConfigError(
            f"model: it makes {vocoder.hop_length} samples of a frame; the frames of {prepared.directory} are {mel.hop_length} "
            "samples apart. Change the model's upsampling, or prepare with another mel.hop_length."
        )
    return vocoder


def refuse_other_spectra(run, prepared):
    """Refuse to begin with a run whose vocoder knows other spectra than the data's; where it does not say, its weights have to fit.

    Raises:
        ConfigError: naming the differences.
    """
    if not (Path(run) / VocoderDescription.FILE).is_file():
        return
    different = VocoderDescription.load(run).mel.differences(prepared.mel_config)
    if different:
        raise ConfigError(
            f"initial: the vocoder of {run} knows other spectra than those of {prepared.directory}: {'; '.join(different)}. Prepare the "
            "data as it was trained, or begin with fresh weights."
        )


def leave(description):
    """An extension that writes ``vocoder.json`` into the run folder when training begins or goes on."""

    def initializer(trainer):
        description.save(trainer.out)

    return make_extension(default_name="vocoder", trigger=(1, "epoch"), initializer=initializer)(lambda trainer: None)
