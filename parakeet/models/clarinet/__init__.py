"""ClariNet: noise to sound by an inverse autoregressive flow, learnt from a teacher."""

from parakeet.models.clarinet.clarinet import ClariNet, Drawn, GaussianFlow
from parakeet.models.clarinet.losses import distillation_losses, frame_loss

__all__ = ["ClariNet", "Drawn", "GaussianFlow", "distillation_losses", "frame_loss"]
