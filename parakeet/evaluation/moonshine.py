"""A speech recogniser that needs no network and knows any English word: Moonshine tiny (arXiv:2410.15608)."""

import functools
from pathlib import Path

import numpy as np

from parakeet.audio.io import resample
from parakeet.errors import DataError, MissingDependencyError
from parakeet.requirements import install_command, require

RATE = 16000
LEAST = 0.1
"""Seconds: of anything shorter its network can make nothing."""
FORGETTING = 0.5
"""Seconds of silence that make it forget what it heard before."""
MODEL = "tiny-en"


class MoonshineRecognizer:
    """Writes down what a recording says, whatever it says.

    The model lies in the wheel of moonshine-voice 0.0.73; later wheels would fetch it, and that is never done here. Its voice activity
    detection is left as it comes. The same recording gives the same words, whatever was heard before. It may be sent to another process.

    Raises:
        MissingDependencyError: if the package, or the model in it, is not installed.
    """

    def __init__(self):
        _model_folder()

    def transcribe(self, wav, sample_rate):
        """Write down what a recording says.

        Args:
            wav (ndarray): (N,), float, mono. Its level matters: bring it to :data:`parakeet.evaluation.level.LEVEL` first.
            sample_rate (int): Hz.

        Returns:
            str: words with punctuation, numbers often in digits; empty where nothing was understood.

        Raises:
            DataError: if wav is not one channel of finite samples.
        """
        wav = np.asarray(wav)
        if wav.ndim != 1 or not np.isfinite(wav).all():
            raise DataError(f"transcribe: expected one channel of finite samples, received shape {wav.shape}")
        # It would resample too, but less well: the same recording is understood worse at 22,050 Hz than at 16,000.
        wav = resample(wav, sample_rate, RATE)
        if len(wav) < LEAST * RATE:
            return ""
        transcriber = _transcriber()
        # Its voice activity detection remembers: behind noise it takes a first silence for speech, and hears a word in it.
        transcriber.transcribe_without_streaming([0.0] * round(FORGETTING * RATE), RATE)
        lines = transcriber.transcribe_without_streaming(wav.tolist(), RATE).lines
        return " ".join(line.text.strip() for line in lines)


@functools.lru_cache(maxsize=1)
def _transcriber():
    """This process's model: loading it takes longer than hearing an utterance."""
    moonshine = _moonshine()
    return moonshine.Transcriber(str(_model_folder()), moonshine.ModelArch.TINY)


def _model_folder():
    folder = Path(_moonshine().get_model_path(MODEL))
    if not folder.is_dir():
        raise MissingDependencyError(
            f"Recognising speech needs the model '{MODEL}', which this version of moonshine-voice does not bring along. "
            f"Run: {install_command('listen')}"
        )
    return folder


def _moonshine():
    return require("moonshine_voice", "listen", "Recognising speech with an open vocabulary")
