"""Learn how the sounds of a corpus sound, and when each of them is spoken.

Nothing is known at first but the order of the symbols. From an even division of every recording the states of all phones are modelled,
the best path through them is found, they are modelled again from the frames that it gave them, and so on (Viterbi training; Rabiner
1989, sec. V). After some rounds the view of the frames is chosen anew, in which the states found so far lie farthest apart. Each border is
moved last, to where the sound changes.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parakeet.audio.io import SILENCE_PEAK
from parakeet.checkpoint import SnapshotStore
from parakeet.config import Config
from parakeet.errors import DataError
from parakeet.functions.monotonic import monotonic_alignment_search
from parakeet.preparation.learned.borders import move_to_changes
from parakeet.preparation.learned.script import STATES, Script, phones_of
from parakeet.preparation.learned.sounds import (
    CONTEXT,
    FINE_HOP,
    HOP,
    N_CEPSTRA,
    cepstra,
    fine_spectrum,
    first_view,
    frame_seconds,
    in_context,
)
from parakeet.preparation.learned.states import Scatter, States, estimate
from parakeet.preparation.sphinx import AlignmentFailure

# Raised whenever the same recordings, words and settings give other segments.
REVISION = 1

_AT_ONCE = 12_000_000
"""Frames times states of the utterances that are aligned together: bounds the memory, at some 100 bytes each."""
_TRIED = 200
"""Recordings on which other texts are tried."""
_TRIED_SECONDS = 1.0
_EVERY = 2
"""Of so many frames the network hears one."""


class LearnedAlignerConfig(Config):
    """How the aligner learns.

    ``min_pause``: seconds from which on a pause inside the text, where there is no punctuation, becomes a symbol of its own.
    ``train_minutes``: of a larger corpus so much is learned from, chosen at random by ``seed``; all of it is aligned.
    ``views``: how often the view of the frames is chosen; ``dimensions``: of it. ``components``: of a state's mixture, a power of 2.
    ``min_score``: the least score with which a recording passes for saying its text; where none is given, the one that tells the
    corpus' own texts best from exchanged ones.
    """

    min_pause: float = 0.05
    train_minutes: float = 40.0
    views: int = 3
    dimensions: int = 32
    components: int = 4
    network_minutes: float = 10.0
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
    learner = _Learner(tasks, LearnedAlignerConfig() if config is None else config, progress or (lambda what, done, total: None))
    models = learner.learn(SnapshotStore(Path(folder), keep_last=1))
    return learner.align_all(models)


class _Learner:
    """The tasks, and what was heard of those that are learned from."""

    def __init__(self, tasks, config, progress):
        self.tasks, self.config, self.progress = list(tasks), config, progress
        phones = sorted({phone for task in self.tasks for phone in _phones_or_none(task.words)})
        self.number_of = {phone: number for number, phone in enumerate(phones, start=1)}
        self.n_states = STATES * (1 + len(phones))
        self.scripts = [self._script(task) for task in self.tasks]
        self.chosen, self.heard = self._choose()

    def _script(self, task):
        try:
            return Script(task.words, self.number_of, self.config.min_pause)
        except AlignmentFailure as error:
            return str(error)

    def _choose(self):
        """Take recordings to learn from, in random order, until there are enough: their numbers, ascending, and their frames."""
        order = np.random.default_rng(self.config.seed).permutation(len(self.tasks))
        usable = [i for i in order.tolist() if self.tasks[i].train and not isinstance(self.scripts[i], str)]
        heard, minutes = {}, 0.0
        for done, i in enumerate(usable):
            self.progress("listening to the recordings", done, len(usable))
            frames = self._listen(i)
            if isinstance(frames, str):
                continue
            heard[i] = frames
            minutes += len(frames) * HOP / 60
            if minutes >= self.config.train_minutes:
                break
        if not heard:
            raise DataError(
                f"no recording can be learned from: of {len(self.tasks)}, {sum(task.train for task in self.tasks)} are for training, "
                "and none of these says a text that is known and is long enough for it. Give durations of another source."
            )
        return sorted(heard), heard

    def _listen(self, i):
        """The frames of a recording, (T, N_CEPSTRA), or why it can't say its text."""
        wav, rate = np.asarray(self.tasks[i].wav()), self.tasks[i].sample_rate
        problem = _hopeless(wav, rate, self.scripts[i])
        return cepstra(wav, rate) if problem is None else problem

    # learning ---------------------------------------------------------------------------------------------------------------------

    def learn(self, store):
        """Go through the rounds, from the newest that is kept; give the models."""
        rounds = _rounds(self.config)
        key = self._key()
        snapshot = store.newest()
        models, done = None, 0
        if snapshot is not None and snapshot.metadata.get("key") == key:
            models, done = States(**snapshot.load_part("states")), snapshot.step
        for number in range(done, len(rounds)):
            self.progress("learning the sounds", number, len(rounds))
            models = self._round(models, *rounds[number])
            store.save(number + 1, {"states": models._asdict()}, {"key": key})
        self.progress("learning the sounds", len(rounds), len(rounds))
        return models

    def _key(self):
        """A checksum of all that is learned from."""
        digest = hashlib.sha256()
        about = [REVISION, self.config.model_dump(mode="json"), self.number_of, [self.tasks[i].utt_id for i in self.chosen]]
        digest.update(json.dumps(about).encode())
        for i in self.chosen:
            digest.update(self.scripts[i].states.tobytes())
            digest.update(self.heard[i].tobytes())
        return digest.hexdigest()

    def _round(self, models, new_view, n_components):
        paths = self._first_paths() if models is None else self._paths(models)
        view = first_view() if models is None else self._view(paths) if new_view else models.view
        labels = np.concatenate([self.scripts[i].states[path] for i, path in zip(self.chosen, paths, strict=True)])
        frames = np.concatenate([in_context(self.heard[i]) @ view for i in self.chosen])
        return estimate(view, frames, labels, self.n_states, models, n_components)

    def _first_paths(self):
        """By a network that is trained on some of the recordings (:mod:`parakeet.models.aligner.learning`), on every other frame."""
        from parakeet.models.aligner.learning import rough_durations

        texts, optional = zip(*[self.scripts[i].rough_text() for i in self.chosen], strict=True)
        heard = [self.heard[i][::_EVERY] for i in self.chosen]
        fitting = [at for at in range(len(heard)) if len(heard[at]) >= len(texts[at])]
        order = np.random.default_rng(self.config.seed).permutation(fitting)
        minutes = np.cumsum([len(heard[at]) for at in order]) * HOP * _EVERY / 60
        trained = order[: int(np.sum(minutes < self.config.network_minutes)) + 1].tolist() if self.config.network_minutes else []
        rough = [] if not trained else rough_durations(
            [texts[at] for at in fitting], [heard[at] for at in fitting], [optional[at] for at in fitting],
            [fitting.index(at) for at in trained], seed=self.config.seed,
            progress=lambda done, total: self.progress("learning roughly where the sounds are", done, total),
        )  # fmt: skip
        durations = dict(zip(fitting, rough, strict=False))
        paths = []
        for at, i in enumerate(self.chosen):
            n_frames = len(self.heard[i])
            even = np.diff(np.arange(len(texts[at]) + 1) * n_frames // len(texts[at]))
            borders = np.minimum(np.cumsum(durations[at]) * _EVERY, n_frames) if at in durations else np.cumsum(even)
            borders[-1] = n_frames
            paths.append(self.scripts[i].path_of(np.diff(borders, prepend=0)))
        return paths

    def _paths(self, models):
        """The best path through each recording that is learned from, in their order."""
        found = {}
        for some in self._together({i: len(self.heard[i]) for i in self.chosen}):
            emissions = [_emissions(models, in_context(self.heard[i]) @ models.view, self.scripts[i]) for i in some]
            found |= dict(zip(some, self._search([self.scripts[i] for i in some], emissions), strict=True))
        return [found[i] for i in self.chosen]

    def _view(self, paths):
        scatter = Scatter(self.n_states, (2 * CONTEXT + 1) * N_CEPSTRA)
        for i, path in zip(self.chosen, paths, strict=True):
            scatter.add(in_context(self.heard[i]), self.scripts[i].states[path])
        return scatter.view(self.config.dimensions)

    def _paths(self, models):
        """The best path through each recording that is learned from, in their order."""
        found = {}
        for some in self._together({i: len(self.heard[i]) for i in self.chosen}):
            emissions = [_emissions(models, in_context(self.heard[i]) @ models.view, self.scripts[i]) for i in some]
            found |= dict(zip(some, self._search([self.scripts[i] for i in some], emissions), strict=True))
        return [found[i] for i in self.chosen]

    def _together(self, n_frames):
        """Groups of utterances of like length, to be aligned together."""
        group, longest = [], 0
        for i in sorted(n_frames, key=n_frames.get):
            longest = max(longest, len(self.scripts[i].states))
            if group and (len(group) + 1) * longest * n_frames[i] > _AT_ONCE:
                yield group
                group, longest = [], len(self.scripts[i].states)
            group.append(i)
        if group:
            yield group

    def _search(self, scripts, emissions):
        """The best path through each of some utterances: for every frame the place of its state in the script."""
        text_lengths = [len(script.states) for script in scripts]
        mel_lengths = [len(scores) for scores in emissions]
        scores = np.zeros((len(scripts), max(mel_lengths), max(text_lengths)), np.float32)
        optional = np.zeros((len(scripts), max(text_lengths)), bool)
        for b, script in enumerate(scripts):
            scores[b, : mel_lengths[b], : text_lengths[b]] = emissions[b]
            optional[b, : text_lengths[b]] = script.optional
        durations = monotonic_alignment_search(scores, text_lengths, mel_lengths, optional)
        return [np.repeat(np.arange(n), row[:n]) for n, row in zip(text_lengths, durations, strict=True)]

    # aligning ---------------------------------------------------------------------------------------------------------------------

    def align_all(self, models):
        """The segments of every task, or why it can't be used."""
        least = self._least_score(models) if self.config.min_score is None else self.config.min_score
        found = list(self.scripts)
        waiting, size = [], 0
        for i in range(len(self.tasks)):
            self.progress("aligning", i, len(self.tasks))
            if isinstance(found[i], str):
                continue
            frames = self.heard[i] if i in self.heard else self._listen(i)
            if isinstance(frames, str):
                found[i] = frames
                continue
            waiting.append((i, frames))
            size += len(frames) * len(self.scripts[i].states)
            if size > _AT_ONCE // 2:
                found = self._align(models, waiting, found, least)
                waiting, size = [], 0
        if waiting:
            found = self._align(models, waiting, found, least)
        self.progress("aligning", len(self.tasks), len(self.tasks))
        return found

    def _align(self, models, waiting, found, least):
        frames = dict(waiting)
        for some in self._together({i: len(heard) for i, heard in waiting}):
            scripts = [self.scripts[i] for i in some]
            fits = [_Fit(models, frames[i], script) for i, script in zip(some, scripts, strict=True)]
            for i, fit, path in zip(some, fits, self._search(scripts, [fit.emissions for fit in fits]), strict=True):
                score = fit.score(path)
                if score < least:
                    found[i] = (
                        f"the recording does not seem to say this text: its phones score {score:.2f} a frame, "
                        f"{least:.2f} is the least for a match"
                    )
                else:
                    found[i] = self._segments(i, path, fit)
        return found

    def _segments(self, i, path, fit):
        task, script = self.tasks[i], self.scripts[i]
        wav = np.asarray(task.wav())
        first = np.searchsorted(script.owner[path], np.arange(len(script.pieces) + 1))
        starts = (first - 0.5) * frame_seconds(task.sample_rate)
        seconds = len(wav) / task.sample_rate
        starts[first == 0], starts[first == len(path)] = 0.0, seconds
        starts = np.minimum(starts, seconds)
        moved = move_to_changes(starts, fine_spectrum(wav, task.sample_rate), frame_seconds(task.sample_rate, FINE_HOP))
        return script.segments(moved, fit.piece_scores(path))

    def _least_score(self, models):
        """Try other texts on some recordings that were learned from: where own and other ones are told apart best."""
        tried = [i for i in self.chosen if len(self.heard[i]) * HOP >= _TRIED_SECONDS][:: max(1, len(self.chosen) // _TRIED)]
        if len(tried) < 2:
            return -np.inf
        # A text as long as the own one, compared with the recording: of those in the order of their density the next.
        tried.sort(key=lambda i: self.scripts[i].least_frames)
        own, other = [], []
        for i, j in zip(tried, [*tried[1:], tried[0]], strict=True):
            for texts, scores in ((self.scripts[i], own), (self.scripts[j], other)):
                if len(self.heard[i]) >= texts.least_frames:
                    fit = _Fit(models, self.heard[i], texts)
                    scores.append(fit.score(self._search([texts], [fit.emissions])[0]))
        return _between(own, other)


class _Fit:
    """How well the frames of a recording fit the states of a script, and any state."""

    def __init__(self, models, heard, script):
        frames = in_context(heard) @ models.view
        likelihoods = models.log_likelihood(frames, np.arange(len(models.mean)))
        self.script = script
        self.emissions = likelihoods[:, script.states] - likelihoods.max(axis=1, keepdims=True)

    def _of_frames(self, path):
        return self.emissions[np.arange(len(path)), path].astype(np.float64)

    def score(self, path):
        """The mean over the frames of phones."""
        phones = ~self.script.optional[path]
        return float(self._of_frames(path)[phones].mean())

    def piece_scores(self, path):
        """The mean over the frames of each piece; 0 where it has none."""
        owner, n = self.script.owner[path], len(self.script.pieces)
        return np.bincount(owner, self._of_frames(path), n) / np.maximum(np.bincount(owner, minlength=n), 1)


def _emissions(models, frames, script):
    states, places = np.unique(script.states, return_inverse=True)
    return models.log_likelihood(frames, states)[:, places]


def _rounds(config):
    """What each round does: whether the view is chosen anew, and the number of components."""
    rounds = [(False, 1)] * 6
    for _ in range(config.views):
        components = 1
        rounds.append((True, 1))
        rounds.append((False, 1))
        while components < config.components:
            components *= 2
            rounds += [(False, components)] * 2
    return rounds


def _phones_or_none(words):
    try:
        return phones_of(words)
    except AlignmentFailure:
        return []


def _hopeless(wav, sample_rate, script):
    """Why a recording can't say a text, or None."""
    seconds, least = len(wav) / sample_rate, script.least_frames * HOP
    if seconds < least or len(wav) < sample_rate * 0.1:
        least = max(least, 0.1)
        return f"too short: {seconds:.2f} s of sound for {script.least_frames // STATES} phones, which take {least:.2f} s at the very least"
    if not np.isfinite(wav).all():
        return "the recording holds samples that are not numbers (NaN or infinite)"
    if np.abs(wav).max() < SILENCE_PEAK:
        return f"silent: no sample is louder than {np.abs(wav).max():.1e}"
    return None


def _between(own, other):
    """Where two sets of scores are equally many of their spreads away: by quartiles, so that a few wrong texts among the own do not count.

    A spread counts as a tenth of the distance between the two at least: speech that was not learned from scatters more.
    """
    if not own or not other:
        return -np.inf
    middle_own, middle_other = np.median(own), np.median(other)
    least = max(0.1 * (middle_own - middle_other), 1e-6)
    spread_own, spread_other = (max(np.subtract(*np.percentile(scores, [75, 25])), least) for scores in (own, other))
    return float((middle_own * spread_other + middle_other * spread_own) / (spread_own + spread_other))
