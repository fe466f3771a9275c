"""How a text is to be spoken: all of it, and single words."""

from dataclasses import dataclass, field

import numpy as np

from parakeet.errors import DataError, nearest

_RANGES = {"rate": (0.1, 10), "pitch_shift": (-10, 10), "energy_shift": (-10, 10), "pause": (0, 60)}


@dataclass(frozen=True)
class Control:
    """What can be changed of a text, or of a word in it.

    Args:
        rate (float): speaking rate, 2 is twice as fast; 0.1 to 10.
        pitch_shift (float): in standard deviations of the speaker's log pitch; -10 to 10.
        energy_shift (float): in standard deviations of the speaker's energy; -10 to 10.

    Raises:
        DataError: if one is out of its range.
    """

    rate: float = 1.0
    pitch_shift: float = 0.0
    energy_shift: float = 0.0

    def __post_init__(self):
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name, low)
            if not isinstance(value, (int, float, np.number)) or not low <= value <= high:
                raise DataError(f"{name}: expected a number from {low} to {high}, received {value!r}.")


@dataclass(frozen=True)
class Manner(Control):
    """How a text is spoken.

    Args:
        rate, pitch_shift, energy_shift (float): as in :class:`Control`, of the whole text.
        words (dict[str | int, Control]): changes of single words, on top of those: by the word as it is spoken ("really", wherever it
            stands), or by its number, from 0, as ``Speech.words`` counts them.
        pause (float): between sentences, seconds; 0 to 60.
        seed (int): of the noise of a vocoder with a source and of Griffin-Lim's first phases, 0 at least; others leave nothing to chance.

    Raises:
        DataError: if one is out of its range, or of another kind.
    """

    words: dict = field(default_factory=dict)
    pause: float = 0.3
    seed: int = 0

    def __post_init__(self):
        super().__post_init__()
        if not isinstance(self.seed, (int, np.integer)) or self.seed < 0:
            raise DataError(f"seed: expected 0 or a greater whole number, received {self.seed!r}.")
        if not isinstance(self.words, dict):
            raise DataError(f"words: expected a dict, received {self.words!r}.")
        for key, control in self.words.items():
            if not isinstance(key, (str, int)) or not isinstance(control, Control):
                raise DataError(f"words: expected words or their numbers with a Control each, received {key!r}: {control!r}.")

    def refuse_strangers(self, sentences):
        """Raise a DataError for a word that is to be changed and isn't spoken.

        Args:
            sentences (Sequence[Sentence]): all of the text.
        """
        spoken = [word.word for sentence in sentences for word in sentence.words]
        for key in self.words:
            if isinstance(key, str) and key not in spoken:
                raise DataError(f"words: '{key}' is not spoken in this text.{nearest(key, set(spoken))} Its words: {_shown(spoken)}.")
            if not isinstance(key, str) and not 0 <= key < len(spoken):
                raise DataError(f"words: there is no word {key}; the text has {len(spoken)}, counted from 0: {_shown(spoken)}.")

    def controls(self, sentence):
        """The controls of each symbol of a sentence.

        Args:
            sentence (Sentence): S symbols.

        Returns:
            dict[str, numpy.ndarray]: ``rate, pitch_shift, energy_shift``, (S,) float32 each.
        """
        values = {name: np.full(len(sentence.symbols), getattr(self, name), np.float32) for name in ("rate", "pitch_shift", "energy_shift")}
        for number, word in enumerate(sentence.words, sentence.first_word):
            for control in (self.words[key] for key in (word.word, number) if key in self.words):
                values["rate"][word.first : word.end] *= control.rate
                values["pitch_shift"][word.first : word.end] += control.pitch_shift
                values["energy_shift"][word.first : word.end] += control.energy_shift
        return values


def _shown(words, most=20):
    return " ".join(words[:most]) + (" ..." if len(words) > most else "")
