"""HiFi-GAN: a mel spectrum to sound by transposed convolutions."""

from parakeet.models.hifigan.hifigan import SIZES, HiFiGAN

__all__ = ["SIZES", "HiFiGAN"]
