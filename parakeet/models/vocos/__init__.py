"""Vocos: a mel spectrum to sound through a Fourier spectrum."""

from parakeet.models.vocos.losses import MelDistance, spectral_distances
from parakeet.models.vocos.vocos import Vocos

__all__ = ["MelDistance", "Vocos", "spectral_distances"]
