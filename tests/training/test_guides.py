"""What the guides say is so."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from parakeet.data import DataCargo
from parakeet.training import StandardUpdater, make_extension, triggers
from parakeet.training.cli import train
from parakeet.training.run_folder import load_experiment
from parakeet.training.testing import mock_trainer

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
GUIDE = (GUIDES / "extension.md").read_text(encoding="utf-8")
EXPERIMENT = (GUIDES / "experiment.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(.+)` \| ([\d, ]+) \|$", GUIDE, re.MULTILINE)


def test_the_table_of_firings_is_found():
    assert len(ROWS) == 11


@pytest.mark.parametrize(("trigger", "iterations"), ROWS)
def test_the_table_of_firings_is_true_fresh_and_resumed(same_when_resumed, trigger, iterations):
    def make_trigger():
        return eval(trigger.replace("\\|", "|"), vars(triggers).copy())

    assert same_when_resumed(make_trigger, 24) == [int(i) for i in iterations.split(",")]


def test_the_extension_of_the_guide_works(tmp_path):
    code = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    (extension,) = [block for block in code if "class WorstLoss" in block]
    (test,) = [block for block in code if "def test_the_worst_loss" in block]
    namespace = {}
    exec(extension + test, namespace)
    namespace["test_the_worst_loss_is_remembered"](tmp_path)
    assert (tmp_path / "worst" / "names.txt").read_text() == "utterance 1"


def block_with(guide, text):
    (found,) = [block for block in re.findall(r"```python\n(.*?)```", guide, re.DOTALL) if text in block]
    return found


def test_the_short_extensions_of_the_guide_are_called_when_it_says(tmp_path, capsys):
    trainer = mock_trainer((200, "iteration"), 100, tmp_path, reports=lambda iteration: {"loss": iteration})
    namespace = {"trainer": trainer, "make_extension": make_extension}
    exec(block_with(GUIDE, "trainer.extend(lambda trainer"), namespace)
    exec(block_with(GUIDE, "def say(trainer)"), namespace)
    trainer.extend(namespace["say"])
    trainer.run()
    said = capsys.readouterr().out.splitlines()
    assert said == ["begins", "{'loss': 100}", "epoch 1", "{'loss': 200}", "epoch 2"]


# What the guide leaves to its reader.
READERS_OWN = '''
import numpy as np
import paddle
from parakeet.config import Config
from parakeet.data import DataCargo
from parakeet.training import Experiment, TrainingConfig, report
from parakeet.training.extensions import AudioSamples


class DataSection(Config):
    path: str = "nowhere"


class ModelSection(Config):
    width: int = 4


def batch_fn(examples):
    return {"x": np.stack(examples), "y": np.stack(examples)[:, :1]}


def build_cargoes(section):
    points = list(np.ones((8, 3), "float32"))
    return DataCargo(points, batch_fn, batch_size=4), DataCargo(points, batch_fn, batch_size=4)


def build_model(section):
    return paddle.nn.Sequential(paddle.nn.Linear(3, section.width), paddle.nn.Linear(section.width, 1))
'''

READERS_VOICE = """
    def speak(self, sentence):
        return {"wav": np.zeros(100), "sample_rate": 8000}
"""


def test_the_experiment_of_the_guide_trains_and_speaks(tmp_path):
    experiment, entry = block_with(EXPERIMENT, "class MyExperiment").split("\n\n\nif __name__")
    assert entry.strip() == '== "__main__":\n    MyExperiment.main()'
    config = block_with(EXPERIMENT, "class MyConfig").replace("data: DataSection ", "data: DataSection = DataSection() ")
    config += '    samples: tuple[str, ...] = ("one",)\n'
    method = block_with(EXPERIMENT, "yield AudioSamples")
    script = tmp_path / "train.py"
    script.write_text("\n\n".join([READERS_OWN, config, experiment, method, READERS_VOICE]), encoding="utf-8")
    overrides = ["training.stop=[4, iteration]", "training.log=[1, iteration]", "training.samples=[2, iteration]"]
    train(load_experiment(str(script)), tmp_path / "run", overrides=overrides)
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert rows[-1]["loss"] < rows[0]["loss"]
    assert "valid/loss" in rows[-1]
    assert (tmp_path / "run" / "samples" / "00000004" / "00.wav").is_file()


def test_the_updater_of_the_guide_steps_both_optimizers():
    import paddle

    namespace = {
        "StandardUpdater": StandardUpdater,
        "critic_loss": lambda real, fake: (fake - real).mean(),
        "generator_loss": lambda fake: -fake.mean(),
    }
    exec(block_with(EXPERIMENT, "class AdversarialUpdater"), namespace)
    examples = [{"mel": np.ones(4, "float32"), "wav": np.zeros(4, "float32")}] * 4
    data = DataCargo(examples, lambda some: {key: np.stack([e[key] for e in some]) for key in ("mel", "wav")}, batch_size=2)
    models = {"generator": paddle.nn.Linear(4, 4), "critic": paddle.nn.Linear(4, 1)}
    optimizers = {name: paddle.optimizer.SGD(0.1, parameters=model.parameters()) for name, model in models.items()}
    before = {name: model.weight.numpy().copy() for name, model in models.items()}
    updater = namespace["AdversarialUpdater"](data, models, optimizers)
    updater.update()
    updater.finalize()
    assert updater.steps == {"generator": 1, "critic": 1}
    assert all((model.weight.numpy() != before[name]).any() for name, model in models.items())
