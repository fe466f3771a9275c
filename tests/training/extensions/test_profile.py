"""Where the time goes: by a mock clock to the second, and in a real run."""

import io
import json

import numpy as np
import pytest

from parakeet.data import DataCargo
from parakeet.training.extensions import LogReport, Profile
from parakeet.training.extensions.profile import table
from parakeet.training.testing import MockClock, mock_trainer
from parakeet.training.timing import Stopwatch, section
from parakeet.training.trainer import Trainer


def test_data_update_and_extensions_are_told_apart_in_table_and_log(tmp_path):
    clock, stream = MockClock(), io.StringIO()

    def update(iteration):
        clock.advance(3)
        with section("backward"):
            clock.advance(2)
        return {"loss": 1.0}

    trainer = mock_trainer((5, "iteration"), out=tmp_path, reports=update)
    batches = trainer.updater.data.iterator

    def slow(epoch, consumed):
        clock.advance(10)  # once an epoch
        return batches(epoch, consumed)

    trainer.updater.data.iterator = slow
    trainer.extend(lambda t: clock.advance(1), name="speak", trigger=(2, "iteration"), priority=400)
    trainer.extend(Profile((4, "iteration"), stream, Stopwatch(clock)))
    trainer.extend(LogReport((1, "iteration")))
    trainer.run()
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    times = {key: value for key, value in rows[3].items() if key.startswith("time/")}
    assert times == {
        "time/data": 2.5, "time/forward": 3, "time/backward": 2, "time/extension speak": 0.5, "time/other": 0,
        "time/extension LogReport": 0, "time/extension Profile": 0,
    }  # fmt: skip
    assert not any(key.startswith("time/") for n in (0, 1, 2, 4) for key in rows[n])
    lines = stream.getvalue().splitlines()
    assert lines[0].split() == ["4", "iterations", "ms/it", "share"]
    assert lines[1].split() == ["forward", "3000.00", "37.5%"]
    assert lines[2].split() == ["data", "2500.00", "31.2%"]
    assert lines[-1].split() == ["all", "8000.00", "100.0%"]
    with section("after the run"):
        clock.advance(1)  # nobody listens


def test_a_real_iteration_is_taken_apart(tmp_path):
    paddle = pytest.importorskip("paddle")
    from parakeet.training.updater import StandardUpdater

    model = paddle.nn.Sequential(paddle.nn.Linear(64, 256), paddle.nn.Tanh(), paddle.nn.Linear(256, 64))
    optimizer = paddle.optimizer.Adam(0.01, parameters=model.parameters())
    cargo = DataCargo(list(np.ones((64, 64), "f4")), lambda rows: {"x": np.stack(rows)}, batch_size=4)
    updater = StandardUpdater(cargo, model, optimizer, lambda model, batch: (model(batch["x"]) ** 2).mean())
    trainer = Trainer(updater, (20, "iteration"), tmp_path)
    trainer.extend(Profile((10, "iteration"), io.StringIO()))
    seen = []
    trainer.extend(lambda t: seen.append(dict(t.observation)), name="see", trigger=(10, "iteration"))
    trainer.run()
    assert {"time/data", "time/forward", "time/backward", "time/step", "time/other"} <= set(seen[0])
    assert all(seen[1][f"time/{part}"] > 0 for part in ("data", "forward", "backward", "step"))
    assert set(seen[1]) - set(seen[0]) == {"time/extension see"}


def test_a_table_lists_the_longest_first_and_the_rest_last():
    assert table({"data": 0.5, "other": 3.0, "step": 1.5}, 10).splitlines() == [
        "10 iterations    ms/it  share",
        "step            150.00  30.0%",
        "data             50.00  10.0%",
        "other           300.00  60.0%",
        "all             500.00 100.0%",
    ]
