"""What a Deep Voice 3 model is trained to lower."""

import paddle
from paddle.nn import functional as F

from parakeet.functions.guided_attention import guided_attention_loss
from parakeet.functions.masking import masked_mean, sequence_mask


def deepvoice3_losses(outputs, batch, mel_std, frames_per_step, guided=0.0):
    """The losses of one batch (sections "Decoder" and "Converter"); each is a mean over what is not padding.

    Args:
        outputs (dict): what ``DeepVoice3.forward`` gave.
        batch (dict): ``mel`` (B, T, n_mels), ``mel_lengths`` and ``text_lengths`` (B,).
        mel_std (Tensor): (1, 1, n_mels), so that every band counts alike.
        frames_per_step (int): r.
        guided (float): how much looking off the diagonal counts; the paper has no such loss.

    Returns:
        dict[str, Tensor]: ``loss`` (the sum), ``mel_loss`` (L1 in standard deviations, of both spectra), ``done_loss`` (cross entropy of
        whether a step holds the last frame), and ``attention_loss`` where it counts; scalars.
    """
    frame_mask = sequence_mask(batch["mel_lengths"], batch["mel"].shape[1], outputs["mel"].dtype).unsqueeze(-1)
    mel_loss = sum(
        masked_mean(paddle.abs(outputs[key] - batch["mel"]) / mel_std, frame_mask) for key in ("mel", "mel_before")
    )
    steps = (batch["mel_lengths"] + frames_per_step - 1) // frames_per_step
    n_steps = outputs["done"].shape[1]
    inside = sequence_mask(steps, n_steps, outputs["done"].dtype)
    last = inside - sequence_mask(steps - 1, n_steps, outputs["done"].dtype)
    done_loss = masked_mean(F.binary_cross_entropy_with_logits(outputs["done"], last, reduction="none"), inside)
    losses = {"mel_loss": mel_loss, "done_loss": done_loss}
    if guided:
        losses["attention_loss"] = guided * guided_attention_loss(outputs["alignments"], batch["text_lengths"], steps)
    return {"loss": sum(losses.values()), **losses}
