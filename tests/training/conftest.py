"""What the tests of the training core share: tables of firings, of an uninterrupted run and of one resumed at every iteration."""

import json

import pytest

from parakeet.training.testing import mock_trainer


@pytest.fixture
def firings(tmp_path):
    """Call with a function that makes a trigger; gives the iterations at which it fires."""

    def firings(make_trigger, iterations, iterations_per_epoch=10, reports=None, clock=None, cut=None):
        fired = []
        state = None
        for stop in [iterations] if cut is None else [cut, iterations]:
            trainer = mock_trainer(
                (stop, "iteration"), iterations_per_epoch, tmp_path / "run", reports=reports, clock=clock
            )
            trainer.extend(
                lambda trainer: fired.append(trainer.updater.iteration), name="fires", trigger=make_trigger()
            )
            if state is not None:
                trainer.set_state_dict(json.loads(state))
            trainer.run()
            state = json.dumps(trainer.state_dict())
        return fired

    return firings


@pytest.fixture
def same_when_resumed(firings):
    """As `firings`, but it also resumes the run at every iteration, with a new trigger, and checks that nothing else fires."""

    def same_when_resumed(make_trigger, iterations, **options):
        whole = firings(make_trigger, iterations, **options)
        for cut in range(iterations + 1):
            assert firings(make_trigger, iterations, cut=cut, **options) == whole, f"resumed at iteration {cut}"
        return whole

    return same_when_resumed
