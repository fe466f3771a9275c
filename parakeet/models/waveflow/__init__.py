"""WaveFlow: a mel spectrum to sound by flows that are autoregressive over a few rows, and learn by likelihood alone."""

from parakeet.models.waveflow.flow import DILATIONS, Flow
from parakeet.models.waveflow.losses import waveflow_loss
from parakeet.models.waveflow.waveflow import WaveFlow

__all__ = ["DILATIONS", "Flow", "WaveFlow", "waveflow_loss"]
