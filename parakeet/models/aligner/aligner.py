"""Symbols and frames encoded so that a symbol lies near the frames it is spoken in (Badlani et al., arXiv:2108.10447).

What differs from the paper, and why. The scores of a symbol are normalised over the frames of the utterance instead of those of a frame
over the symbols: how much better a frame fits than the utterance's others. Normalised over the symbols, one symbol may take all frames
at no cost, and with minutes of speech it does: on sounds made for the purpose one border in three was found, this way all but 2 %. The
loss is the sum over paths itself instead of CTC, which has a blank that nobody says. Layer normalisation: padding never changes a result.
Distances are means over the channels with a learned temperature, so that their scale does not depend on the width.
"""

import math

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.forward_sum import forward_sum_loss
from parakeet.functions.masking import sequence_mask
from parakeet.modules.conv import ChannelNorm, ResidualConvBlock
from parakeet.modules.statistics import statistic

_FAR = -1e9


class Encoder(nn.Layer):
    """A projection, residual blocks and a last normalisation and projection.

    Shape: x (B, C_in, T), mask (B, 1, T) -> (B, C_out, T), zero on padding.
    """

    def __init__(self, in_channels, channels, out_channels, kernel_sizes):
        super().__init__()
        self.input = nn.Conv1D(in_channels, channels, 1)
        self.blocks = nn.LayerList([ResidualConvBlock(channels, size) for size in kernel_sizes])
        self.norm = ChannelNorm(channels)
        self.output = nn.Conv1D(channels, out_channels, 1)

    def forward(self, x, mask):
        """Encode x, (B, C_in, T)."""
        x = self.input(x) * mask
        for block in self.blocks:
            x = block(x, mask)
        return self.output(self.norm(x)) * mask


class Aligner(nn.Layer):
    """How well each frame fits each symbol.

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        n_mels (int): bands.
        channels (int): of the encoders.
        key_channels (int): C, of what is compared.
        text_kernel_sizes (Sequence[int]): odd, one residual block each.
        mel_kernel_sizes (Sequence[int]): odd, likewise.
        temperature (float): what the distances are multiplied with at first; it is learned.
        mel_mean (Sequence[float], optional): (n_mels,), of the training data; zeros when None.
        mel_std (Sequence[float], optional): (n_mels,), likewise; ones when None.
    """

    def __init__(
        self,
        vocab_size,
        n_mels=80,
        channels=128,
        key_channels=64,
        text_kernel_sizes=(3,),
        mel_kernel_sizes=(3, 3),
        temperature=1.0,
        mel_mean=None,
        mel_std=None,
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, channels, padding_idx=0)
        self.text_encoder = Encoder(channels, channels, key_channels, text_kernel_sizes)
        self.mel_encoder = Encoder(n_mels, channels, key_channels, mel_kernel_sizes)
        self.log_temperature = self.create_parameter([], default_initializer=nn.initializer.Constant(math.log(temperature)))
        self.register_buffer("mel_mean", statistic(mel_mean, [1, n_mels, 1], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, n_mels, 1], 1.0))

    def forward(self, text, text_lengths, mel, mel_lengths, log_prior=None):
        """Compare every frame with every symbol.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor): (B,), int64.
            log_prior (Tensor, optional): (B, T, S), added to the result; see
                :func:`parakeet.functions.monotonic.beta_binomial_prior`.

        Returns:
            Tensor: (B, T, S), natural logarithms of how many times better a frame fits a symbol than the utterance's frames on the mean.
        """
        text_mask = sequence_mask(text_lengths, text.shape[1]).unsqueeze(1)
        mel_mask = sequence_mask(mel_lengths, mel.shape[1]).unsqueeze(1)
        keys = self.text_encoder(self.embedding(text).transpose([0, 2, 1]), text_mask)
        frames = (mel.transpose([0, 2, 1]) - self.mel_mean) / self.mel_std
        queries = self.mel_encoder(frames * mel_mask, mel_mask)
        logits = -paddle.exp(self.log_temperature) * _mean_squared_distance(queries, keys)
        logits = logits + (1.0 - mel_mask.transpose([0, 2, 1])) * _FAR
        frames_each = paddle.log(mel_lengths.astype(logits.dtype)).reshape([-1, 1, 1])
        scores = F.log_softmax(logits, axis=1) + frames_each
        return scores if log_prior is None else scores + log_prior


def alignment_loss(scores, text_lengths, mel_lengths):
    """The forward-sum loss per frame, the mean over the utterances of a batch.

    Args:
        scores (Tensor): (B, T, S), of :meth:`Aligner.forward`.
        text_lengths (Tensor): (B,), int64.
        mel_lengths (Tensor): (B,), int64.

    Returns:
        Tensor: scalar, nats per frame; negative where the paths fit better than chance.

    Raises:
        ValueError: if an utterance has fewer frames than symbols.
    """
    return (forward_sum_loss(scores, text_lengths, mel_lengths) / mel_lengths.astype(scores.dtype)).mean()


def _mean_squared_distance(queries, keys):
    """(B, C, T) and (B, C, S) -> (B, T, S); as a product, without the (B, C, T, S) of all differences."""
    channels = queries.shape[1]
    cross = paddle.matmul(queries, keys, transpose_x=True)
    squares = (queries**2).sum(axis=1).unsqueeze(2) + (keys**2).sum(axis=1).unsqueeze(1)
    return (squares - 2.0 * cross) / channels
