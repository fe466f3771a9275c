"""What acoustic models that predict durations (pitch, energy) are trained to lower."""

import paddle

from parakeet.functions.masking import masked_mean, sequence_mask


def acoustic_losses(outputs, batch, mel_std, distance):
    """The losses of one batch (FastSpeech 2, arXiv:2006.04558, sec. 2.2 and 2.3); each is a mean over what is not padding.

    Args:
        outputs (dict): ``mel`` (B, T, n_mels), and where there is a post-net ``mel_before`` it; ``log_durations`` of ``1 + frames``,
            and where they are predicted ``pitch`` and ``energy`` (B, S).
        batch (dict): ``mel`` (B, T, n_mels), ``mel_lengths`` (B,), ``durations``, ``pitch`` and ``energy`` (B, S), ``text_lengths`` (B,).
        mel_std (Tensor): (1, 1, n_mels), so that every band counts alike.
        distance (Callable): of two tensors with ``reduction="none"``, for what is predicted of a symbol.

    Returns:
        dict[str, Tensor]: ``loss`` (the sum), ``mel_loss`` (L1 in standard deviations, of both spectra where there are two),
        ``duration_loss`` (of log durations), ``pitch_loss``, ``energy_loss`` (if predicted); scalars.
    """
    text_mask = sequence_mask(batch["text_lengths"], batch["durations"].shape[1])
    frame_mask = sequence_mask(batch["mel_lengths"], batch["mel"].shape[1]).unsqueeze(-1)
    mel_loss = sum(
        masked_mean(paddle.abs(outputs[key] - batch["mel"]) / mel_std, frame_mask)
        for key in ("mel", "mel_before")
        if key in outputs
    )
    parts = {"duration_loss": (outputs["log_durations"], paddle.log1p(batch["durations"].astype("float32")))}
    parts |= {f"{key}_loss": (outputs[key], batch[key]) for key in ("pitch", "energy") if key in outputs}
    losses = {name: masked_mean(distance(ours, theirs, reduction="none"), text_mask) for name, (ours, theirs) in parts.items()}
    return {"loss": mel_loss + sum(losses.values()), "mel_loss": mel_loss, **losses}
