"""What a FastSpeech model is trained to lower."""

from paddle.nn import functional as F

from parakeet.functions.acoustic_losses import acoustic_losses


def fastspeech_losses(outputs, batch, mel_std):
    """The losses of one batch, of spectra and log durations (arXiv:1905.09263, sec. 3.3); see ``functions.acoustic_losses``."""
    return acoustic_losses(outputs, batch, mel_std, F.mse_loss)
