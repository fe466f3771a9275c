"""FastSpeech 2: phones to a mel spectrum by feed-forward transformers, steered by duration, pitch and energy."""

from parakeet.models.fastspeech2.fastspeech2 import SIZES, FastSpeech2
from parakeet.models.fastspeech2.losses import fastspeech2_losses

__all__ = ["SIZES", "FastSpeech2", "fastspeech2_losses"]
