"""Vocos: a mel spectrum to sound through a Fourier spectrum; and a form of it that filters a source."""

from parakeet.models.vocos.harmonic import HarmonicVocos
from parakeet.models.vocos.vocos import Vocos
from parakeet.modules.spectral_losses import MelDistance, spectral_distances

__all__ = ["HarmonicVocos", "MelDistance", "Vocos", "spectral_distances"]
