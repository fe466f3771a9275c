"""How far a waveform is from a recording, in spectra of several resolutions."""

import paddle
from paddle import nn

from parakeet.functions.stft import stft_magnitude


class MelDistance(nn.Layer):
    """L1 distance of log-mel spectra (HiFi-GAN, arXiv:2010.05646, sec. 2.3, eq. 5).

    Args:
        filters (ndarray): (n_mels, 1 + n_fft // 2), of ``parakeet.audio.mel.mel_filters``.
        hop_length (int): samples.
        floor (float): of the amplitude.
    """

    def __init__(self, filters, hop_length, floor=1e-5):
        super().__init__()
        self.register_buffer("filters", paddle.to_tensor(filters.T.copy()), persistable=False)
        self.hop_length, self.floor = hop_length, floor

    def mel(self, wav):
        """wav (B, N) -> (B, T, n_mels), natural-log amplitude."""
        n_fft = 2 * (self.filters.shape[0] - 1)
        magnitude = stft_magnitude(wav, n_fft, self.hop_length, n_fft)
        return paddle.log(paddle.clip(paddle.matmul(magnitude, self.filters), min=self.floor))

    def forward(self, wav, target):
        """Tensor: scalar."""
        return paddle.abs(self.mel(wav) - self.mel(target.detach())).mean()


RESOLUTIONS = ((2048, 512, 2048), (1024, 256, 1024), (512, 128, 512), (256, 64, 256))
"""n_fft, hop_length and win_length, samples."""


def spectral_distances(wav, target, resolutions=RESOLUTIONS):
    """Spectral convergence and log magnitude distance at several resolutions (Parallel WaveGAN, arXiv:1910.11480, eq. 4 to 7).

    Args:
        wav, target (Tensor): (B, N).
        resolutions (Sequence): of n_fft, hop_length and win_length.

    Returns:
        tuple[Tensor, Tensor]: scalars, means over the resolutions.
    """
    convergence, distance = 0.0, 0.0
    for n_fft, hop_length, win_length in resolutions:
        ours = stft_magnitude(wav, n_fft, hop_length, win_length)
        theirs = stft_magnitude(target.detach(), n_fft, hop_length, win_length)
        error = ours - theirs
        convergence = convergence + paddle.sqrt((error * error).sum() / paddle.clip((theirs * theirs).sum(), min=1e-8))
        logarithms = [paddle.log(paddle.clip(magnitude, min=1e-4)) for magnitude in (ours, theirs)]
        distance = distance + paddle.abs(logarithms[0] - logarithms[1]).mean()
    return convergence / len(resolutions), distance / len(resolutions)
