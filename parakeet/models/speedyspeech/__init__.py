"""A small convolutional acoustic model for a CPU, of SpeedySpeech's family (arXiv:2008.03802)."""

from parakeet.models.speedyspeech.losses import speedyspeech_losses
from parakeet.models.speedyspeech.speedyspeech import SpeedySpeech

__all__ = ["SpeedySpeech", "speedyspeech_losses"]
