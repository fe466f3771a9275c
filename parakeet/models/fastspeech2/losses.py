"""What a FastSpeech 2 model is trained to lower."""

from paddle.nn import functional as F

from parakeet.functions.acoustic_losses import acoustic_losses


def fastspeech2_losses(outputs, batch, mel_std):
    """The losses of one batch, mean squares for what is predicted of a symbol; see ``functions.acoustic_losses``."""
    return acoustic_losses(outputs, batch, mel_std, F.mse_loss)
