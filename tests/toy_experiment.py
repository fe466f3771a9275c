"""A tiny experiment that has all that makes resuming hard: dropout, warm-up, shuffled data, ragged batches, a part used at times.

Run as a script it is an experiment as users write them.
"""

import sys
import time

import numpy as np

from parakeet.config import Config
from parakeet.data import DataCargo, DatasetMixin
from parakeet.training import Experiment, TrainingConfig, report


class DataSection(Config):
    path: str = "nowhere"
    samples: int = 22


class ToyConfig(Config):
    data: DataSection = DataSection()
    width: int = 6
    seconds: float = 0.0
    training: TrainingConfig = TrainingConfig(
        stop=(30, "iteration"),
        warmup=10,
        decay_until=40,
        learning_rate=0.02,
        log=(3, "iteration"),
        evaluate=(0.5, "epoch"),
        snapshot=(4, "iteration"),
    )


class Points(DatasetMixin):
    def __init__(self, n, seed):
        generator = np.random.default_rng(seed)
        self.x = generator.normal(size=(n, 3)).astype("float32")

    def __len__(self):
        return len(self.x)

    def get_example(self, i):
        return {"utt_id": f"point-{i:02d}", "x": self.x[i], "y": self.x[i].sum(keepdims=True)}

    def describe(self, i):
        return f"point-{i:02d}"


def batch(examples):
    arrays = {key: np.stack([example[key] for example in examples]) for key in ("x", "y")}
    return {"utt_id": [example["utt_id"] for example in examples], **arrays}


def build_net(width):
    import paddle
    from paddle import nn

    class Net(nn.Layer):
        def __init__(self):
            super().__init__()
            self.main = nn.Sequential(
                nn.Linear(3, width), nn.BatchNorm1D(width), nn.Tanh(), nn.Dropout(0.3), nn.Linear(width, 1)
            )
            self.rare = nn.Linear(3, 1)
            self.register_buffer("calls", paddle.zeros([1]))

        def forward(self, x):
            if self.training:
                self.calls.set_value(self.calls + 1)
            y = self.main(x)
            # Used in some iterations only, and not in the first ones: its first gradient may come after a restart.
            return y + self.rare(x) if int(self.calls.item()) % 7 == 0 else y

    return Net()


class ToyExperiment(Experiment):
    """A line through points."""

    config_class = ToyConfig
    harmless = (*Experiment.harmless, "seconds")

    def build_data(self):
        train = DataCargo(Points(self.config.data.samples, 1), batch, batch_size=4, shuffle=True, seed=5)
        return train, DataCargo(Points(6, 2), batch, batch_size=4)

    def build_model(self):
        return build_net(self.config.width)

    def compute_loss(self, model, batch):
        if model.training and self.config.seconds:
            time.sleep(self.config.seconds)
        loss = ((model(batch["x"]) - batch["y"]) ** 2).mean()
        report({"loss": (loss, len(batch["utt_id"])), "noise": np.random.rand()})
        return loss


if __name__ == "__main__":
    ToyExperiment.main(sys.argv[1:])
