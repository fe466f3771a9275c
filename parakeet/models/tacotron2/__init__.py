"""Tacotron 2: phones to a mel spectrum, frame by frame, by an attention that finds its own way through the text."""

from parakeet.models.tacotron2.losses import tacotron2_losses
from parakeet.models.tacotron2.tacotron2 import SIZES, Tacotron2

__all__ = ["SIZES", "Tacotron2", "tacotron2_losses"]
