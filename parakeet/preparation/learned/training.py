"""The rounds in which the sounds are learned."""

import hashlib
import json

import numpy as np

from parakeet.preparation.learned.matching import best_paths, emissions_of, together
from parakeet.preparation.learned.sounds import CONTEXT, HOP, N_CEPSTRA, first_view, in_context
from parakeet.preparation.learned.states import Scatter, States, estimate

_FIRST_ROUNDS = 6
_ROUNDS = 2
"""With each number of components."""
_EVERY = 2
"""Of so many frames the network hears one."""


class Training:
    """From recordings to models of their sounds.

    Args:
        recordings (Recordings): what is learned from.
        config (LearnedAlignerConfig): the settings.
        progress (Callable): called with (what is being done, done, total).
        revision (int): of the method.
    """

    def __init__(self, recordings, config, progress, revision):
        self.config, self.progress, self.revision = config, progress, revision
        self.chosen, self.n_states = recordings.chosen, recordings.n_states
        self.scripts, self.heard = recordings.scripts, recordings.heard

    def run(self, store):
        """Go through the rounds, on from the newest that is kept.

        Args:
            store (SnapshotStore): where each round is kept.

        Returns:
            States
        """
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
        settings = self.config.model_dump(mode="json", exclude={"min_score"})
        digest = hashlib.sha256(json.dumps([self.revision, settings, self.n_states, self.chosen]).encode())
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

    def _paths(self, models):
        """The best path through each recording, in their order."""
        found = {}
        for some in together({i: len(self.heard[i]) for i in self.chosen}, self.scripts):
            scripts = [self.scripts[i] for i in some]
            emissions = [emissions_of(models, self.heard[i], script) for i, script in zip(some, scripts, strict=True)]
            found |= dict(zip(some, best_paths(scripts, emissions), strict=True))
        return [found[i] for i in self.chosen]

    def _view(self, paths):
        scatter = Scatter(self.n_states, (2 * CONTEXT + 1) * N_CEPSTRA)
        for i, path in zip(self.chosen, paths, strict=True):
            scatter.add(in_context(self.heard[i]), self.scripts[i].states[path])
        return scatter.view(self.config.dimensions)

    # what it begins with ------------------------------------------------------------------------------------------------------------

    def _first_paths(self):
        """By a network that learns roughly where the sounds are; evenly divided where a text is too long for it."""
        texts, optional = zip(*[self.scripts[i].rough_text() for i in self.chosen], strict=True)
        heard = [self.heard[i][::_EVERY] for i in self.chosen]
        fitting = [at for at in range(len(heard)) if len(heard[at]) >= len(texts[at])]
        durations = self._rough_durations(*([some[at] for at in fitting] for some in (texts, heard, optional)))
        rough = dict(zip(fitting, durations, strict=False))
        paths = []
        for at, i in enumerate(self.chosen):
            n_frames, n = len(self.heard[i]), len(texts[at])
            borders = np.cumsum(rough[at]) * _EVERY if at in rough else np.arange(1, n + 1) * n_frames // n
            borders[-1] = n_frames
            paths.append(self.scripts[i].path_of(np.diff(np.minimum(borders, n_frames), prepend=0)))
        return paths

    def _rough_durations(self, texts, heard, optional):
        """In frames of the network; nothing where there is to be none."""
        from parakeet.models.aligner.learning import rough_durations

        order = np.random.default_rng(self.config.seed).permutation(len(heard))
        before = np.cumsum([0, *(len(heard[at]) for at in order)])[:-1] * HOP * _EVERY / 60
        trained = order[before < self.config.network_minutes].tolist()
        if not trained:
            return []

        def show(done, total):
            self.progress("learning roughly where the sounds are", done, total)

        return rough_durations(texts, heard, optional, trained, seed=self.config.seed, progress=show)


def _rounds(config):
    """What each round does: whether the view is chosen anew, and the number of components."""
    rounds = [(False, 1)] * _FIRST_ROUNDS
    for _ in range(config.views):
        components = 1
        rounds += [(True, 1)] + [(False, 1)] * (_ROUNDS - 1)
        while components < config.components:
            components *= 2
            rounds += [(False, components)] * _ROUNDS
    return rounds
