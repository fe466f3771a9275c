"""An aligner that learns which symbol each frame belongs to, from recordings and their texts alone (arXiv:2108.10447)."""

from parakeet.models.aligner.aligner import Aligner, alignment_loss

__all__ = ["Aligner", "alignment_loss"]
