"""The recordings of a corpus and their texts, as the learning aligner takes them up."""

import numpy as np

from parakeet.audio.io import SILENCE_PEAK
from parakeet.errors import DataError
from parakeet.preparation.learned.script import STATES, Script, phones_of
from parakeet.preparation.learned.sounds import HOP, cepstra, frame_seconds
from parakeet.preparation.sphinx import AlignmentFailure

_LEAST_SECONDS = 0.1


class Recordings:
    """The scripts of all tasks, and what is heard of those that are learned from.

    Args:
        tasks (Sequence[AlignmentTask]): all utterances.
        config (LearnedAlignerConfig): the settings.
        progress (Callable): called with (what is being done, done, total).

    Attributes:
        number_of (dict[str, int]): phone -> its number from 1 on.
        n_states (int): of all phones and the pause.
        scripts (list[Script | str]): of every task, or why it can't be used.
        chosen (list[int]): the tasks that are learned from, ascending.
        heard (dict[int, ndarray]): the frames of these, (T, N_CEPSTRA).

    Raises:
        DataError: if there is nothing to learn from.
    """

    def __init__(self, tasks, config, progress):
        self.tasks = list(tasks)
        phones = sorted({phone for task in self.tasks for phone in _phones_or_none(task.words)})
        self.number_of = {phone: number for number, phone in enumerate(phones, start=1)}
        self.n_states = STATES * (1 + len(phones))
        self.scripts = [self._script(task, config.min_pause) for task in self.tasks]
        self.heard = {}
        self._choose(config, progress)
        self.chosen = sorted(self.heard)

    def _script(self, task, min_pause):
        try:
            return Script(task.words, self.number_of, min_pause)
        except AlignmentFailure as error:
            return str(error)

    def _choose(self, config, progress):
        """Take recordings to learn from, in random order, until there are enough."""
        order = np.random.default_rng(config.seed).permutation(len(self.tasks))
        usable = [i for i in order.tolist() if self.tasks[i].train and not isinstance(self.scripts[i], str)]
        minutes = 0.0
        for done, i in enumerate(usable):
            progress("listening to the recordings", done, len(usable))
            frames = self.listen(i)
            if isinstance(frames, str):
                continue
            self.heard[i] = frames
            minutes += len(frames) * HOP / 60
            if minutes >= config.train_minutes:
                break
        if not self.heard:
            raise DataError(
                f"no recording can be learned from: of {len(self.tasks)}, {sum(task.train for task in self.tasks)} are for training, "
                "and none of these says a text that is known and is long enough for it. Give durations of another source."
            )

    def listen(self, i):
        """Give the frames of recording i, (T, N_CEPSTRA), or the reason why it can't say its text."""
        if i in self.heard:
            return self.heard[i]
        wav, rate = np.asarray(self.tasks[i].wav()), self.tasks[i].sample_rate
        problem = _hopeless(wav, rate, self.scripts[i])
        return cepstra(wav, rate) if problem is None else problem


def _phones_or_none(words):
    try:
        return phones_of(words)
    except AlignmentFailure:
        return []


def _hopeless(wav, sample_rate, script):
    """Why a recording can't say a text, or None."""
    seconds, least = len(wav) / sample_rate, max(script.least_frames * frame_seconds(sample_rate), _LEAST_SECONDS)
    if seconds < least:
        return f"too short: {seconds:.2f} s of sound for {script.least_frames // STATES} phones, which take {least:.2f} s at the very least"
    if not np.isfinite(wav).all():
        return "the recording holds samples that are not numbers (NaN or infinite)"
    if np.abs(wav).max() < SILENCE_PEAK:
        return f"silent: no sample is louder than {np.abs(wav).max():.1e}"
    return None
