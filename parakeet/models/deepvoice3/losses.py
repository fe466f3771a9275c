"""What a Deep Voice 3 model is trained to lower."""

import paddle
from paddle.nn import functional as F

from parakeet.functions.guided_attention import guided_attention_loss
from parakeet.functions.masking import masked_mean, sequence_mask


def deepvoice3_losses(outputs, batch, mel_std, frames_per_step, stop_weight=1.0, attention_weight=0.0, linear_std=None):
    """The losses of one batch (arXiv:1710.07654, "Decoder" and "Converter"); each is a mean over what is not padding.

    Args:
        outputs (dict): of `DeepVoice3.forward`.
        batch (dict): ``text_lengths`` (B,), ``mel`` (B, T, n_mels), ``mel_lengths`` (B,), and ``linear`` (B, T, bins), where that is made.
        mel_std (Tensor): (1, 1, n_mels), so that every band counts alike.
        frames_per_step (int): r.
        stop_weight (float): how much more the last step counts than the others: it is one in some dozens.
        attention_weight (float): of the guided attention, which the paper does not have (arXiv:1710.08969, sec. 4.1): it holds attention
            where it begins while there is little to learn from.
        linear_std (Tensor, optional): (1, 1, bins), where a linear spectrum is made.

    Returns:
        dict[str, Tensor]: ``loss`` (the weighted sum), ``mel_loss`` (L1 in standard deviations, of both spectra), ``stop_loss`` (cross
        entropy of whether a step holds the last frame), ``attention_loss``; scalars.
    """
    stop = outputs["stop"]
    frame_mask = sequence_mask(batch["mel_lengths"], batch["mel"].shape[1], stop.dtype).unsqueeze(-1)
    targets = {"mel": (batch["mel"], mel_std), "mel_before": (batch["mel"], mel_std), "linear": (batch.get("linear"), linear_std)}
    made = {name: target for name, target in targets.items() if name in outputs}
    mel_loss = sum(masked_mean(paddle.abs(outputs[name] - truth) / std, frame_mask) for name, (truth, std) in made.items())
    steps = (batch["mel_lengths"] + frames_per_step - 1) // frames_per_step
    last = F.one_hot(steps - 1, stop.shape[1]).astype(stop.dtype)
    surprise = F.binary_cross_entropy_with_logits(stop, last, reduction="none", pos_weight=paddle.full([1], stop_weight, stop.dtype))
    stop_loss = masked_mean(surprise, sequence_mask(steps, stop.shape[1], stop.dtype))
    attention_loss = guided_attention_loss(outputs["attention"], batch["text_lengths"], steps)
    return {
        "loss": mel_loss + stop_loss + attention_weight * attention_loss,
        "mel_loss": mel_loss,
        "stop_loss": stop_loss,
        "attention_loss": attention_loss,
    }
