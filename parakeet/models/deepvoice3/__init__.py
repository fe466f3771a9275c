"""Deep Voice 3: phones to a mel spectrum by gated convolutions and attention, some frames at a time."""

from parakeet.models.deepvoice3.deepvoice3 import DeepVoice3
from parakeet.models.deepvoice3.losses import deepvoice3_losses
from parakeet.models.deepvoice3.sizes import SIZES

__all__ = ["SIZES", "DeepVoice3", "deepvoice3_losses"]
