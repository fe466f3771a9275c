"""ProgressBar: where the run is, how fast it goes, when it ends."""

import io

import pytest

from parakeet.training.extensions import ProgressBar
from parakeet.training.testing import MockClock, mock_trainer


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(tmp_path, stream, stop=(100, "iteration"), reports=None, step=0.25, iterations=None, **options):
    clock = MockClock()
    bar = ProgressBar(stream=stream, clock=clock, **options)
    trainer = mock_trainer(stop, 40, tmp_path, [bar], reports)
    trainer.extend(lambda trainer: clock.advance(step), name="time", priority=1000)
    if iterations is not None:
        trainer.extend(lambda t: t.request_stop("enough") if t.updater.iteration == iterations else None, name="stop")
        with pytest.raises(KeyboardInterrupt):
            trainer.run()
    else:
        trainer.run()
    return stream.getvalue()


def test_without_a_terminal_there_is_a_plain_line_now_and_then(tmp_path):
    lines = shown(
        tmp_path, io.StringIO(), reports=lambda i: {"loss": 1 / i, "mel": (2.0, 7)}, seconds=10.0
    ).splitlines()
    assert lines == [
        " 40% [########............] | iteration 40, epoch 1.00 | 4.0 it/s | 0:00:15 left | loss 0.025 | mel 2",
        " 80% [################....] | iteration 80, epoch 2.00 | 4.0 it/s | 0:00:05 left | loss 0.0125 | mel 2",
        "100% [####################] | iteration 100, epoch 2.50 | 4.0 it/s | 0:00:00 left | loss 0.01 | mel 2",
    ]


def test_a_terminal_gets_one_line_that_is_drawn_again(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    text = shown(tmp_path, Terminal(), step=0.25)
    frames = text.split("\r")[1:]
    assert len(frames) == 50
    assert all(len(frame.removesuffix("\n").removesuffix("\033[K")) <= 59 for frame in frames)
    assert text.count("\n") == 1
    assert text.endswith("\n")


def test_without_an_end_there_is_neither_share_nor_rest(tmp_path):
    lines = shown(tmp_path, io.StringIO(), stop=None, iterations=50, seconds=10.0).splitlines()
    assert lines == ["iteration 40, epoch 1.00 | 4.0 it/s", "iteration 50, epoch 1.25 | 4.0 it/s"]


def test_the_end_may_be_given(tmp_path):
    lines = shown(tmp_path, io.StringIO(), stop=None, iterations=40, total=(2, "epoch"), seconds=10.0).splitlines()
    assert lines == [" 50% [##########..........] | iteration 40, epoch 1.00 | 4.0 it/s | 0:00:10 left"]


def test_slow_iterations_are_counted_in_seconds_each(tmp_path):
    lines = shown(tmp_path, io.StringIO(), stop=(2, "iteration"), step=3600.0).splitlines()
    assert lines[0].endswith("| 3600.0 s/it | 1:00:00 left")


def test_only_training_values_are_shown_unless_asked_for(tmp_path):
    def reports(iteration):
        return {"valid/loss": 9, "a": 1, "text": "x", "b": 2, "c": 3, "d": 4, "e": 5}

    assert (
        shown(tmp_path / "1", io.StringIO(), reports=reports).splitlines()[-1].endswith("left | a 1 | b 2 | c 3 | d 4")
    )
    assert (
        shown(tmp_path / "2", io.StringIO(), reports=reports, keys=["valid/loss", "z"])
        .splitlines()[-1]
        .endswith("left | valid/loss 9")
    )


def test_values_are_read_only_when_the_line_is_drawn(tmp_path):
    class Value:
        reads = 0
        shape = ()

        def item(self):
            Value.reads += 1
            return 1.0

    shown(tmp_path, io.StringIO(), reports=lambda i: {"loss": Value()}, seconds=10.0)
    assert Value.reads == 3


def test_the_rest_is_told_by_the_recent_rate(tmp_path):
    clock = MockClock()
    stream = io.StringIO()
    trainer = mock_trainer((1000, "iteration"), 40, tmp_path, [ProgressBar(stream=stream, clock=clock, seconds=1.0)])
    trainer.extend(lambda t: clock.advance(1.0 if t.updater.iteration <= 100 else 2.0), name="time", priority=1000)
    trainer.run()
    line = stream.getvalue().splitlines()[499]
    assert "iteration 500" in line
    assert "2.0 s/it | 0:16:40 left" in line
