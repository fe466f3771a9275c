"""What a Transformer TTS is trained to lower."""

import paddle
from paddle.nn import functional as F

from parakeet.functions.masking import masked_mean, sequence_mask

LAST_STEP_WEIGHT = 5.0
"""Of the one positive among a whole utterance's steps, which would else hardly count (arXiv:1809.08895, sec. 3.7: 5 to 8)."""


def transformer_tts_losses(outputs, batch, mel_std):
    """The losses of one batch; each is a mean over what is not padding.

    Args:
        outputs (dict): of :meth:`TransformerTTS.forward`.
        batch (dict): ``mel`` (B, T, n_mels), ``mel_lengths`` (B,).
        mel_std (Tensor): (1, 1, n_mels), so that every band counts alike.

    Returns:
        dict[str, Tensor]: ``loss`` (the sum), ``mel_loss`` (L1 in standard deviations, of the spectra before and behind the post-net),
        ``stop_loss`` (cross entropy of each step's being the last); scalars.
    """
    mel, mel_lengths, stop = batch["mel"], batch["mel_lengths"], outputs["stop"]
    frame_mask = sequence_mask(mel_lengths, mel.shape[1]).unsqueeze(-1)
    mel_loss = sum(masked_mean(paddle.abs(outputs[key] - mel) / mel_std, frame_mask) for key in ("mel", "mel_before"))
    frames_per_step = -(-mel.shape[1] // stop.shape[1])
    n_steps = (mel_lengths + frames_per_step - 1) // frames_per_step
    last = F.one_hot(n_steps - 1, stop.shape[1])
    error = F.binary_cross_entropy_with_logits(
        stop, last, reduction="none", pos_weight=paddle.full([1], LAST_STEP_WEIGHT, stop.dtype)
    )
    stop_loss = masked_mean(error, sequence_mask(n_steps, stop.shape[1]))
    return {"loss": mel_loss + stop_loss, "mel_loss": mel_loss, "stop_loss": stop_loss}
