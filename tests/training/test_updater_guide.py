"""The code of the guide to updaters, run; and its table of schedules."""

import re
from pathlib import Path

import numpy as np
import pytest

from parakeet.data import DataCargo
from parakeet.training import schedules
from parakeet.training.reporter import report, scope
from parakeet.training.trainer import Trainer
from parakeet.training.updater import StandardUpdater
from parakeet.training.updaters import GANUpdater

paddle = pytest.importorskip("paddle")

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "updater.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def guide():
    from parakeet.training.clipping import Clip

    names = {
        "Clip": Clip, "GANUpdater": GANUpdater, "StandardUpdater": StandardUpdater, "nn": paddle.nn, "paddle": paddle,
        "report": report, "schedules": schedules,
    }  # fmt: skip
    exec("\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)), names)
    return names


@pytest.fixture
def cargo():
    x = np.random.default_rng(0).normal(size=(10, 3)).astype("f4")
    rows = [{"x": row, "y": row.sum(keepdims=True)} for row in x]
    return DataCargo(rows, lambda rows: {key: np.stack([row[key] for row in rows]) for key in ("x", "y")}, batch_size=2)


def test_the_student_learns_what_the_teacher_learns(guide, cargo, tmp_path):
    paddle.seed(0)
    updater = guide["build"](cargo)
    trainer = Trainer(updater, (200, "student_step"), tmp_path)
    trainer.run()
    assert updater.steps == {"teacher": 200, "student": 200}
    assert updater.epoch == 66  # five batches an epoch, by two: three updates
    assert trainer.observation["teacher_loss"].item() < 0.05
    assert trainer.observation["student_loss"].item() < 0.05


def test_the_adversaries_of_the_guide_play(guide, cargo):
    updater = guide["adversaries"](cargo)
    for _ in range(3):
        with scope({}) as observation:
            updater.update()
    updater.finalize()
    assert updater.steps == {"generator": 3, "near": 3, "far": 1}
    assert set(observation) == {"generator_loss", "near_loss", "far_loss"}


def test_the_optimizers_of_the_guide_clip_and_fall(guide):
    model = paddle.nn.Linear(1, 1)
    (model(paddle.ones([1, 1])) * 100).sum().backward()
    with scope({}) as observation:
        guide["clipped"](model).step()
    assert observation["gradient_norm"].item() == pytest.approx(100 * 2**0.5)
    optimizer = guide["falling"](model)
    for _ in range(1000):
        optimizer._learning_rate.step()
    assert optimizer.get_lr() == pytest.approx(5e-4)


def test_the_table_of_schedules_is_that_of_the_code():
    assert re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE) == list(schedules.DECAYS)
