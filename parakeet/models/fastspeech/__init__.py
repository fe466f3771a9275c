"""FastSpeech: phones to a mel spectrum by feed-forward transformers, as long as a teacher's attention says."""

from parakeet.models.fastspeech.fastspeech import SIZES, FastSpeech
from parakeet.models.fastspeech.losses import fastspeech_losses

__all__ = ["SIZES", "FastSpeech", "fastspeech_losses"]
