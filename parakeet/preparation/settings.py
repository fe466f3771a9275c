"""The settings of ``parakeet prepare``."""

from typing import Literal

from parakeet.audio.mel import MelConfig
from parakeet.audio.trim import TrimConfig
from parakeet.config import Config
from parakeet.errors import ConfigError


class PrepareConfig(Config):
    """How a corpus is prepared.

    ``layout`` names the corpus' layout where it isn't recognised (see ``parakeet.datasets.layouts``), ``language`` its language;
    ``valid`` and ``test`` are the shares of the texts held out, for corpora that have no splits of their own; ``prompt`` is a pattern that
    finds the prompt in an utterance's name, for takes that have to stay together although their texts differ.

    Recordings: ``mix_channels`` averages the channels instead of refusing several; ``loudness`` is what they are brought to, LUFS after
    ITU-R BS.1770 (null leaves it); ``trim`` is how silence is cut off at their edges (null keeps it); those that are then shorter than
    ``min_seconds`` or longer than ``max_seconds`` are left out; ``keep_wav`` stores them beside their features. ``pitch_range`` is in Hz.

    Texts: ``lexicon`` is a file of pronunciations that win over every other. ``durations`` says where the length of each phone comes
    from: "given" by the corpus or by label files in ``alignments`` (a folder or a file; ``phone_map`` is a file that says which phones
    theirs are), "sphinx" (forced alignment, English), "learned" (an aligner trained on the corpus itself), or "auto", the first of
    these that can be had.
    """

    layout: str | None = None
    language: str | None = None
    valid: float | None = None
    test: float | None = None
    prompt: str | None = None
    mel: MelConfig = MelConfig()
    mix_channels: bool = False
    loudness: float | None = -23.0
    trim: TrimConfig | None = TrimConfig()
    min_seconds: float = 0.3
    max_seconds: float = 16.0
    pitch_range: tuple[float, float] = (60.0, 500.0)
    lexicon: str | None = None
    durations: Literal["auto", "given", "sphinx", "learned"] = "auto"
    alignments: str | None = None
    phone_map: str | None = None
    keep_wav: bool = True


def refuse_impossible(config):
    """Make sure that some recording can fit the settings.

    Raises:
        ConfigError: naming the setting.
    """
    low, high = config.pitch_range
    if not 0 < low < high:
        raise ConfigError(f"pitch_range: expected the lowest pitch and a higher one, both above 0 Hz, received {low:g} and {high:g}.")
    if not config.min_seconds <= config.max_seconds:
        raise ConfigError(
            f"min_seconds, max_seconds: expected a shortest length and a longer one, received {config.min_seconds:g} and "
            f"{config.max_seconds:g}."
        )
    if config.loudness is not None and not -70 < config.loudness < 0:
        raise ConfigError(f"loudness: expected LUFS between -70 and 0, such as -23, received {config.loudness:g}.")
