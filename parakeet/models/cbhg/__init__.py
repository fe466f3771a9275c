"""CBHG as a vocoder: from a mel spectrum to a linear one, whose phases Griffin-Lim estimates."""

from parakeet.models.cbhg.mel_to_linear import MelToLinear, linear_loss

__all__ = ["MelToLinear", "linear_loss"]
