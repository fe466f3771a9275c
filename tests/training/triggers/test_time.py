"""Time: by the trainer's clock, which goes on where it was."""

from parakeet.training.testing import MockClock, mock_trainer
from parakeet.training.triggers import Time


def run(tmp_path, seconds, durations, cut=None):
    """Iterations that last as long as `durations` say; gives the iterations and times at which Time(seconds) fires."""
    fired, state, done = [], None, 0
    for stop in [len(durations)] if cut is None else [cut, len(durations)]:
        clock = MockClock(now=1000.0 * (1 + done))  # after a restart it shows another time
        trainer = mock_trainer((stop, "iteration"), out=tmp_path, clock=clock)
        trainer.updater.update_core = lambda batch, t=trainer, c=clock: c.advance(durations[t.updater.iteration])
        trainer.extend(
            lambda t: fired.append((t.updater.iteration, t.elapsed_time)), name="time", trigger=Time(seconds)
        )
        if state is not None:
            trainer.set_state_dict(state)
        trainer.run()
        state, done = trainer.state_dict(), stop
    return fired


def test_it_fires_whenever_a_multiple_of_the_period_is_passed(tmp_path):
    assert run(tmp_path, 10, [4] * 10) == [(3, 12), (5, 20), (8, 32), (10, 40)]


def test_after_a_stall_it_fires_once_and_keeps_its_grid(tmp_path):
    assert run(tmp_path, 10, [4, 4, 37, 4, 4, 4]) == [
        (3, 45),
        (5, 53),
    ]


def test_a_resumed_run_keeps_the_grid(tmp_path):
    durations = [4, 4, 37, 4, 4, 4, 0.25, 12, 4, 9.75]
    whole = run(tmp_path, 10, durations)
    for cut in range(len(durations)):
        assert run(tmp_path, 10, durations, cut) == whole, f"resumed at {cut}"


def test_second_is_a_unit_of_intervals_and_limits_too(tmp_path):
    clock = MockClock()
    trainer = mock_trainer((20, "second"), out=tmp_path, clock=clock)
    trainer.updater.update_core = lambda batch: clock.advance(3)
    fired = []
    trainer.extend(lambda t: fired.append(t.updater.iteration), name="fires", trigger=(6, "second"))
    trainer.run()
    assert (trainer.updater.iteration, fired) == (7, [2, 4, 6])
