"""Vocos: a mel spectrum to sound through a Fourier spectrum."""

from parakeet.models.vocos.vocos import Vocos
from parakeet.modules.spectral_losses import MelDistance, spectral_distances

__all__ = ["MelDistance", "Vocos", "spectral_distances"]
