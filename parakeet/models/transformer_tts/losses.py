"""What a Transformer TTS is trained to lower."""

import paddle
from paddle.nn import functional as F

from parakeet.functions.guided_attention import guided_attention_loss
from parakeet.functions.masking import masked_mean, sequence_mask


def transformer_tts_losses(outputs, batch, mel_std, stop_weight=5.0, attention_weight=0.0):
    """The losses of one batch; each is a mean over what is not padding.

    Args:
        outputs (dict): of :meth:`TransformerTTS.forward`.
        batch (dict): ``mel`` (B, T, n_mels), ``mel_lengths`` and ``text_lengths`` (B,).
        mel_std (Tensor): (1, 1, n_mels), so that every band counts alike.
        stop_weight (float): of the one last step among all of an utterance, which would else hardly count (arXiv:1809.08895, sec. 3.7:
            5 to 8).
        attention_weight (float): of the guided attention (arXiv:1710.08969, sec. 4.1), not in the paper: it holds half the heads of each
            block near the diagonal and leaves the others free. 0 for none.

    Returns:
        dict[str, Tensor]: ``loss`` (the sum), ``mel_loss`` (L1 in standard deviations, of the spectra before and behind the post-net),
        ``stop_loss`` (cross entropy of each step's being the last), and where it counts ``attention_loss``; scalars.
    """
    frame_mask = sequence_mask(batch["mel_lengths"], batch["mel"].shape[1])
    error = sum(paddle.abs(outputs[key] - batch["mel"]) for key in ("mel", "mel_before"))
    losses = {
        "mel_loss": masked_mean(error / mel_std, frame_mask.unsqueeze(-1)),
        "stop_loss": _stop_loss(outputs["stop"], outputs["step_lengths"], stop_weight),
    }
    total = losses["mel_loss"] + losses["stop_loss"]
    if attention_weight:
        weights = outputs["attention"]
        guided = weights[:, :, : (weights.shape[2] + 1) // 2].flatten(1, 2)
        losses["attention_loss"] = guided_attention_loss(guided, batch["text_lengths"], outputs["step_lengths"])
        total = total + attention_weight * losses["attention_loss"]
    return {"loss": total, **losses}


def _stop_loss(stop, step_lengths, weight):
    last = F.one_hot(step_lengths - 1, stop.shape[1])
    weight = paddle.full([1], weight, stop.dtype)
    error = F.binary_cross_entropy_with_logits(stop, last, reduction="none", pos_weight=weight)
    return masked_mean(error, sequence_mask(step_lengths, stop.shape[1]))
