"""Learn how the sounds of a corpus sound, and when each of them is spoken.

Nothing is known at first but the order of the symbols. A network learns from it, by the forward-sum loss, roughly where they are
(:mod:`parakeet.models.aligner`). The states of all phones are modelled by the frames it gives them, the best path through them is found,
they are modelled again, and so on (Viterbi training; Rabiner 1989, sec. V). After some rounds the view of the frames is chosen anew, in
which the states found so far lie farthest apart. Each border is moved last, to where the sound changes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parakeet.checkpoint import SnapshotStore
from parakeet.config import Config
from parakeet.preparation.learned.borders import move_to_changes
from parakeet.preparation.learned.matching import Fit, best_paths, between, together
from parakeet.preparation.learned.recordings import Recordings
from parakeet.preparation.learned.sounds import FINE_HOP, HOP, fine_spectrum, frame_seconds
from parakeet.preparation.learned.training import Training

# Raised whenever the same recordings, words and settings give other segments.
REVISION = 1

_AT_ONCE = 6_000_000
"""Frames times states of the utterances that wait to be aligned together."""
_TRIED = 200
"""Recordings on which other texts are tried."""
_TRIED_SECONDS = 1.0
"""The least length of these: a short one may fit another text as well."""


class LearnedAlignerConfig(Config):
    """How the aligner learns.

    ``min_pause``: seconds from which on a pause inside the text, where there is no punctuation, becomes a symbol of its own.
    ``train_minutes``: of a larger corpus so much is learned from, chosen at random by ``seed``; all of it is aligned.
    ``network_minutes``: of these, what the network learns from; with 0 there is none, and learning begins with even divisions.
    ``views``: how often the view of the frames is chosen; ``dimensions``: of it. ``components``: of a state's mixture, a power of 2.
    ``min_score``: the least score with which a recording passes for saying its text; where none is given, the one that tells the
    corpus' own texts best from exchanged ones.
    """

    min_pause: float = 0.05
    train_minutes: float = 40.0
    network_minutes: float = 10.0
    views: int = 3
    dimensions: int = 32
    components: int = 4
    min_score: float | None = None
    seed: int = 0


@dataclass(frozen=True)
class AlignmentTask:
    """One utterance to be aligned.

    Attributes:
        utt_id (str): its name.
        words (Iterable): what the frontend's ``words(text)`` gives, or pairs (word, phones).
        wav (Callable): gives the recording, (N,) float32 in [-1, 1]; called several times.
        sample_rate (int): Hz.
        train (bool): whether it may be learned from.
    """

    utt_id: str
    words: Iterable
    wav: Callable
    sample_rate: int
    train: bool


def learn_segments(tasks, folder, config=None, progress=None):
    """Learn from some recordings and their texts, and find when each symbol of all is spoken.

    The same tasks give the same segments, also where learning was interrupted, by ``kill -9`` for example, and called again with the same
    folder: every round is kept there, with checksums, until a later one is.

    A score is the mean over the frames of how much less probable the frame is by its state than by the state of any phone that would fit
    it best, in nats; 0 is perfect. It measures frames in contexts that overlap, so it is not a probability of the whole.

    Args:
        tasks (Sequence[AlignmentTask]): all utterances of a corpus.
        folder (str | Path): for what was learned so far; one folder for each set of tasks.
        config (LearnedAlignerConfig, optional): the settings.
        progress (Callable, optional): called with (what is being done, done, total).

    Returns:
        list[list[Segment] | str]: for each task its segments, laid out as those of
        :meth:`parakeet.preparation.alignment.ForcedAligner.align`, or why it can't be used.

    Raises:
        DataError: if there is nothing to learn from.
        SnapshotError: if what is learned can't be written.
    """
    config = LearnedAlignerConfig() if config is None else config
    progress = (lambda what, done, total: None) if progress is None else progress
    recordings = Recordings(tasks, config, progress)
    models = Training(recordings, config, progress, REVISION).run(SnapshotStore(Path(folder), keep_last=1))
    least = _least_score(models, recordings) if config.min_score is None else config.min_score
    return _Alignment(models, recordings, least).of_all(progress)


class _Alignment:
    """All recordings held against their texts, by the models that were learned."""

    def __init__(self, models, recordings, least_score):
        self.models, self.recordings, self.least_score = models, recordings, least_score
        self.found = list(recordings.scripts)  # the reason stays where there is no script

    def of_all(self, progress):
        """Give the segments of every task, or why it can't be used."""
        waiting, size = {}, 0
        for i, script in enumerate(self.recordings.scripts):
            progress("aligning", i, len(self.found))
            if isinstance(script, str):
                continue
            heard = self.recordings.listen(i)
            if isinstance(heard, str):
                self.found[i] = heard
                continue
            waiting[i] = heard
            size += len(heard) * len(script.states)
            if size > _AT_ONCE:
                self._align(waiting)
                waiting, size = {}, 0
        self._align(waiting)
        progress("aligning", len(self.found), len(self.found))
        return self.found

    def _align(self, waiting):
        for some in together({i: len(heard) for i, heard in waiting.items()}, self.recordings.scripts):
            scripts = [self.recordings.scripts[i] for i in some]
            fits = [Fit(self.models, waiting[i], script) for i, script in zip(some, scripts, strict=True)]
            for i, fit, path in zip(some, fits, best_paths(scripts, [fit.emissions for fit in fits]), strict=True):
                self.found[i] = self._segments(i, fit, path)

    def _segments(self, i, fit, path):
        score = fit.score(path)
        if score < self.least_score:
            return (
                f"the recording does not seem to say this text: its phones score {score:.2f} a frame, "
                f"{self.least_score:.2f} is the least for a match"
            )
        task, script = self.recordings.tasks[i], self.recordings.scripts[i]
        wav, rate = np.asarray(task.wav()), task.sample_rate
        first = np.searchsorted(script.owner[path], np.arange(len(script.pieces) + 1))
        # The border before frame n lies midway between the centres of frames n - 1 and n.
        starts = np.minimum((first - 0.5) * frame_seconds(rate), len(wav) / rate)
        starts[first == 0], starts[first == len(path)] = 0.0, len(wav) / rate
        moved = move_to_changes(starts, fine_spectrum(wav, rate), frame_seconds(rate, FINE_HOP))
        return script.segments(moved, fit.piece_scores(path))


def _least_score(models, recordings):
    """Try other texts of like length on some of the recordings: where own and other ones are told apart best."""
    scripts, heard = recordings.scripts, recordings.heard
    long = [i for i in recordings.chosen if len(heard[i]) * HOP >= _TRIED_SECONDS]
    tried = sorted(long[:: 1 + len(long) // _TRIED], key=lambda i: scripts[i].least_frames)
    own, other = [], []
    for i, j in zip(tried, [*tried[1:], *tried[:1]], strict=True):
        for script, scores in ((scripts[i], own), (scripts[j], other)):
            if i != j and len(heard[i]) >= script.least_frames:
                fit = Fit(models, heard[i], script)
                scores.append(fit.score(*best_paths([script], [fit.emissions])))
    return between(own, other) if own and other else -np.inf
