"""The forward-sum loss, by which an aligner learns."""

import paddle
from paddle.autograd import PyLayer

from parakeet.functions.monotonic import sum_over_paths


class _ForwardSum(PyLayer):
    """The recursion runs in numpy, one step a frame for the whole batch; its gradient comes with it."""

    @staticmethod
    def forward(ctx, log_probs, text_lengths, mel_lengths):
        total, share = sum_over_paths(log_probs.numpy(), text_lengths, mel_lengths)
        ctx.save_for_backward(paddle.to_tensor(share.astype(log_probs.numpy().dtype)))
        return paddle.to_tensor(-total).astype(log_probs.dtype)

    @staticmethod
    def backward(ctx, upstream):
        (share,) = ctx.saved_tensor()
        return -share * upstream.reshape([-1, 1, 1])


def forward_sum_loss(log_probs, text_lengths, mel_lengths):
    """Minus the logarithm of the sum over all monotonic paths (Badlani et al., arXiv:2108.10447, eq. 2-3).

    The paper takes the CTC loss for it, which also counts paths through a blank symbol; this is the sum itself. Uniform probabilities
    give T ln S - ln C(T-1, S-1).

    Args:
        log_probs (Tensor): (B, T, S), natural logarithms; what lies on padding does not matter and has no gradient.
        text_lengths (Tensor): (B,), int64, symbols of each utterance.
        mel_lengths (Tensor): (B,), int64, frames of each utterance.

    Returns:
        Tensor: (B,), in nats.

    Raises:
        ValueError: if shapes and lengths disagree, or an utterance has fewer frames than symbols.
    """
    return _ForwardSum.apply(log_probs, text_lengths.numpy(), mel_lengths.numpy())
