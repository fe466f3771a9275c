"""What the model says now, to be listened to."""

import contextlib
import wave

import numpy as np

from parakeet.errors import RunError
from parakeet.training.extension import PRIORITY_WRITER, Extension, GiveUp
from parakeet.training.extensions.evaluation_mode import evaluation_mode
from parakeet.training.extensions.media import Audio, heat_picture
from parakeet.training.reporter import report


class AudioSamples(Extension):
    """Speaks some sentences into ``samples/<iteration>/NN.wav``; the texts are in ``sentences.txt`` beside them.

    Sounds and pictures are reported too, as ``samples/NN``, ``samples/NN.mel`` and ``samples/NN.alignment``; a `VisualDLWriter`
    shows them. It knows nothing of speech: `speak` does.

    Args:
        speak (callable): ``speak(sentence)`` returns a dict: ``wav`` (N,) float in [-1, 1], ``sample_rate`` (Hz), and, where there
            are such, ``mel`` (T, n_mels) and ``alignment`` (T, S).
        sentences (Iterable[str]): what to say.
        folder (str): below the run folder.
        model (Layer or dict, optional): put into evaluation mode meanwhile.
        context (callable): gives a context manager to speak in, such as ``ema.average``.
        seed (int, optional): of the random numbers used meanwhile; None draws from where training draws.

    Raises:
        RunError: if there are no sentences.
    """

    replayed = False
    trigger = (1, "epoch")
    priority = PRIORITY_WRITER

    def __init__(self, speak, sentences, folder="samples", model=None, context=contextlib.nullcontext, seed=0):
        self.speak = speak
        self.sentences = [sentences] if isinstance(sentences, str) else list(sentences)
        if not self.sentences:
            raise RunError("AudioSamples needs a sentence to speak, at least")
        self.folder = folder
        self.model = model
        self.context = context
        self.seed = seed

    def __call__(self, trainer):
        folder = trainer.out / self.folder / f"{trainer.updater.iteration:08d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sentences.txt").write_text(
            "".join(f"{i:02d} {s}\n" for i, s in enumerate(self.sentences)), encoding="utf-8"
        )
        with self.context(), evaluation_mode(self.model, self.seed):
            for i, sentence in enumerate(self.sentences):
                if trainer.stop_requested is not None:
                    raise GiveUp  # samples are no reason to let the one who wants to stop wait
                spoken = self.speak(sentence)
                audio = Audio(_array(spoken["wav"]), int(spoken["sample_rate"]))
                write_pcm16(folder / f"{i:02d}.wav", audio)
                if audio.wav.size == 0:
                    continue  # a beginner may say nothing: there is nothing to be shown
                name = f"{self.folder}/{i:02d}"
                pictures = {
                    f"{name}.{key}": _array(spoken[key]) for key in ("mel", "alignment") if spoken.get(key) is not None
                }
                report({name: audio, **{key: heat_picture(matrix) for key, matrix in pictures.items()}})


def write_pcm16(path, audio):
    """Write a sound as a mono WAV file of 16 bits a sample.

    Args:
        path (str | Path): the file.
        audio (Audio): the sound.
    """
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(audio.sample_rate)
        file.writeframes(np.rint(audio.wav * 32767).astype("<i2").tobytes())


def _array(value):
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)
