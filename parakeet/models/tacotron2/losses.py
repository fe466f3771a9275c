"""What a Tacotron 2 is trained to lower."""

import paddle
from paddle.nn import functional as F

from parakeet.functions.guided_attention import guided_attention_loss
from parakeet.functions.masking import masked_mean, sequence_mask


def tacotron2_losses(outputs, batch, mel_std, stop_weight=5.0, attention_weight=0.0):
    """The losses of one batch (arXiv:1712.05884, sec. 2.2); each is a mean over what is not padding.

    Args:
        outputs (dict): of `Tacotron2.forward`.
        batch (dict): ``text_lengths`` (B,), ``mel`` (B, T, n_mels), ``mel_lengths`` (B,).
        mel_std (Tensor): (1, 1, n_mels), so that every band counts alike.
        stop_weight (float): how much more the last frame counts than the others: it is one in a hundred.
        attention_weight (float): of the guided attention, which the paper does not have (arXiv:1710.08969, sec. 4.1): with it the
            attention finds its way after hundreds of steps instead of ten thousand.

    Returns:
        dict[str, Tensor]: ``loss`` (the weighted sum), ``mel_loss`` (squares in standard deviations, of both spectra), ``stop_loss``,
        ``attention_loss``; scalars.
    """
    mask = sequence_mask(batch["mel_lengths"], batch["mel"].shape[1])
    mel_loss = sum(
        masked_mean(((outputs[key] - batch["mel"]) / mel_std) ** 2, mask.unsqueeze(-1)) for key in ("mel", "mel_before")
    )
    last = F.one_hot(batch["mel_lengths"] - 1, batch["mel"].shape[1]).astype(outputs["stop"].dtype)
    surprise = F.binary_cross_entropy_with_logits(
        outputs["stop"], last, reduction="none", pos_weight=paddle.full([1], stop_weight, outputs["stop"].dtype)
    )
    stop_loss = masked_mean(surprise, mask)
    attention_loss = guided_attention_loss(outputs["attention"], batch["text_lengths"], outputs["step_lengths"])
    return {
        "loss": mel_loss + stop_loss + attention_weight * attention_loss,
        "mel_loss": mel_loss,
        "stop_loss": stop_loss,
        "attention_loss": attention_loss,
    }
