"""WaveNet: a sample at a time."""

from parakeet.models.wavenet.outputs import Gaussians, Softmax
from parakeet.models.wavenet.wavenet import OUTPUTS, WaveNet

__all__ = ["OUTPUTS", "Gaussians", "Softmax", "WaveNet"]
