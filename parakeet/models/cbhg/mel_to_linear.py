"""From a mel spectrum to a linear one, whose phases are then estimated: what Transformer TTS spoke with in the first Parakeet.

The net is Tacotron's post-processing (Y. Wang et al., arXiv:1703.10135, sec. 3.3), trained by itself on recordings.
"""

import paddle
from paddle import nn

from parakeet.functions.masking import masked_mean, sequence_mask
from parakeet.modules.cbhg import CBHG
from parakeet.modules.statistics import statistic


class MelToLinear(nn.Layer):
    """Mel spectrum to linear spectrum.

    Args:
        n_mels (int): bands.
        n_fft (int): of the linear spectrum, which has 1 + n_fft // 2 bins.
        channels (int): of the CBHG's bank, highways and each direction of its recurrence.
        bank_size (int): convolutions of 1 to so many frames.
        projection_channels (int): between the CBHG's two projections.
        mel_mean, mel_std (Sequence[float], optional): (n_mels,), of the training data; zeros and ones when None.
        linear_mean, linear_std (Sequence[float], optional): (1 + n_fft // 2,), likewise.
    """

    def __init__(
        self, n_mels=80, n_fft=1024, channels=128, bank_size=8, projection_channels=256,
        mel_mean=None, mel_std=None, linear_mean=None, linear_std=None,
    ):  # fmt: skip
        super().__init__()
        bins = 1 + n_fft // 2
        self.cbhg = CBHG(n_mels, bank_size, channels, projection_channels, channels, recurrent_channels=channels)
        self.output = nn.Linear(2 * channels, bins)
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))
        self.register_buffer("linear_mean", statistic(linear_mean, [1, 1, bins], 0.0))
        self.register_buffer("linear_std", statistic(linear_std, [1, 1, bins], 1.0))

    def forward(self, mel, mel_lengths):
        """The linear spectrum of each frame.

        Args:
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor): (B,), int64.

        Returns:
            Tensor: (B, T, 1 + n_fft // 2), natural-log amplitude; zero on padding.
        """
        mask = sequence_mask(mel_lengths, mel.shape[1], mel.dtype).unsqueeze(-1)
        found = self.output(self.cbhg((mel - self.mel_mean) / self.mel_std * mask, mel_lengths))
        return (found * self.linear_std + self.linear_mean) * mask

    @paddle.no_grad()
    def infer(self, mel, mel_lengths):
        """The same, of what is spoken."""
        return self.forward(mel, mel_lengths)


def linear_loss(predicted, linear, mel_lengths, linear_std):
    """The distance of linear spectra (arXiv:1703.10135, "Model details": L1), in standard deviations, so that every bin counts alike.

    Args:
        predicted, linear (Tensor): (B, T, bins), natural-log amplitude.
        mel_lengths (Tensor): (B,), int64.
        linear_std (Tensor): (1, 1, bins).

    Returns:
        Tensor: scalar, the mean over what is not padding.
    """
    mask = sequence_mask(mel_lengths, linear.shape[1], linear.dtype).unsqueeze(-1)
    return masked_mean(paddle.abs(predicted - linear) / linear_std, mask)
