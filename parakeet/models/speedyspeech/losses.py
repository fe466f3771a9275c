"""What a SpeedySpeech model is trained to lower."""

from paddle.nn import functional as F

from parakeet.functions.acoustic_losses import acoustic_losses


def speedyspeech_losses(outputs, batch, mel_std):
    """The losses of one batch, Huber's distance for what is predicted of a symbol; see ``functions.acoustic_losses``."""
    return acoustic_losses(outputs, batch, mel_std, F.smooth_l1_loss)
