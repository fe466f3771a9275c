"""A voice for tests: it says a recorded text exactly as it was recorded, or a little wrong."""

from types import SimpleNamespace

import numpy as np

from parakeet.audio.griffin_lim import griffin_lim
from parakeet.audio.mel import log_mel
from parakeet.preparation.store import PreparedData


class Parrot:
    """Repeats the recordings of prepared data; ``change`` is applied to the sound.

    Args:
        folder (Path): prepared data.
        change (Callable): wav -> wav.
        has_vocoder (bool): whether its Griffin-Lim passes as a vocoder of its own.
    """

    def __init__(self, folder, change=lambda wav: wav, has_vocoder=True):
        self.data = PreparedData(folder)
        self.by_text = {self.data[i]["text"]: i for i in range(len(self.data))}
        self.change = change
        self.description = SimpleNamespace(
            mel=self.data.mel_config,
            frontend=self.data.frontend,
            frontend_options={},
            corpus={},
            has_vocoder=has_vocoder,
            acoustic=SimpleNamespace(model="parrot"),
            vocoder=SimpleNamespace(model="griffin_lim"),
        )
        self.engine = SimpleNamespace(name="memory", vocode=self._vocode)
        self.frontend = SimpleNamespace(normalize=lambda text: text, words=lambda text: [])
        self.spoken = []

    def phones(self, text):
        return [self.data[self.by_text.get(text, 0)]["phones"]]

    def speak(self, text):
        i = self.by_text.get(text, 0)
        self.spoken.append(text)
        example = self.data[i]
        return SimpleNamespace(wav=self.change(self.data.wav(i)), phones=example["phones"], durations=example["durations"])

    def _vocode(self, mel, seed=0):
        config = self.data.mel_config
        return np.clip(griffin_lim(mel, config, 2, seed=seed, length=len(mel) * config.hop_length), -1, 1)

    def mel(self, wav):
        return log_mel(wav, self.data.mel_config)
