"""What a SpeedySpeech model is trained to lower."""

import paddle
from paddle.nn import functional as F

from parakeet.functions.masking import masked_mean, sequence_mask


def speedyspeech_losses(outputs, batch, mel_std):
    """The losses of one batch; each is a mean over what is not padding.

    Args:
        outputs (dict): of ``SpeedySpeech.forward``.
        batch (dict): ``mel`` (B, T, n_mels), ``mel_lengths`` (B,), ``durations``, ``pitch`` and ``energy`` (B, S), ``text_lengths`` (B,).
        mel_std (Tensor): (1, 1, n_mels), so that every band counts alike.

    Returns:
        dict[str, Tensor]: ``loss`` (the sum), ``mel_loss`` (L1 in standard deviations), ``duration_loss`` (Huber on log durations),
        ``pitch_loss``, ``energy_loss`` (Huber, normalised); scalars.
    """
    text_mask = sequence_mask(batch["text_lengths"], batch["durations"].shape[1])
    frame_mask = sequence_mask(batch["mel_lengths"], batch["mel"].shape[1]).unsqueeze(-1)
    error = paddle.abs(outputs["mel"] - batch["mel"]) / mel_std
    mel_loss = masked_mean(error, frame_mask)
    log_durations = paddle.log1p(batch["durations"].astype("float32"))
    parts = {
        "duration_loss": (outputs["log_durations"], log_durations),
        "pitch_loss": (outputs["pitch"], batch["pitch"]),
        "energy_loss": (outputs["energy"], batch["energy"]),
    }
    losses = {
        name: masked_mean(F.smooth_l1_loss(ours, theirs, reduction="none"), text_mask) for name, (ours, theirs) in parts.items()
    }
    return {"loss": mel_loss + sum(losses.values()), "mel_loss": mel_loss, **losses}
