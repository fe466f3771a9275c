"""An experiment for several processes: losses that are means over samples, ragged batches, and a list of what each process took.

It can be made to die, once, in one process: see `Trouble`.
"""

import os
import signal
import sys
import time
from pathlib import Path

from toy_experiment import DataSection, Points, batch

from parakeet.config import Config
from parakeet.data import DataCargo
from parakeet.training import Experiment, TrainingConfig, make_extension, report
from parakeet.training.distributed import current
from parakeet.training.extensions import EMA


class Trouble(Config):
    """What goes wrong: ``kind`` is killed, raises or late; in process `rank`, in iteration `at`."""

    kind: str = "nothing"
    rank: int = 1
    at: int = 7
    seconds: float = 0.0


class SharedConfig(Config):
    data: DataSection = DataSection(samples=21)
    trouble: Trouble = Trouble()
    step_seconds: float = 0.0
    training: TrainingConfig = TrainingConfig(
        stop=(12, "iteration"),
        warmup=4,
        learning_rate=0.02,
        log=(1, "iteration"),
        evaluate=(1, "epoch"),
        snapshot=(2, "iteration"),
    )


class SharedExperiment(Experiment):
    """A line through points, by several processes."""

    config_class = SharedConfig
    harmless = (*Experiment.harmless, "trouble", "step_seconds")

    def build_data(self):
        # Batches of 5, 5, 5, 5 and 1: odd ones, and one that is too small for two processes.
        train = DataCargo(Points(self.config.data.samples, 1), batch, batch_size=5, shuffle=True, seed=5)
        return train, DataCargo(Points(7, 2), batch, batch_size=2)

    def build_model(self):
        from paddle import nn

        return nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1))

    def compute_loss(self, model, batch):
        if model.training:
            self.go_wrong()
            time.sleep(self.config.step_seconds)
        loss = ((model(batch["x"]) - batch["y"]) ** 2).mean()
        report({"loss": loss, "weighted": (loss, len(batch["utt_id"]))})
        return loss

    def go_wrong(self):
        trouble, marker = self.config.trouble, self.output / "went-wrong"
        if current().rank != trouble.rank or self.updater.iteration + 1 != trouble.at or marker.exists():
            return
        if trouble.kind == "killed":
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if trouble.kind == "raises":
            raise ZeroDivisionError("something in the model")

    def build_extensions(self, trainer):
        yield from super().build_extensions(trainer)
        yield EMA(self.model, decay=0.9)
        yield make_extension(default_name="takes")(self.take_note)
        trainer.extend(take_note_everywhere(self), name="names")
        trainer.extend(self.be_late, name="late")

    def take_note(self, trainer):
        with open(self.output / "called.txt", "a") as file:
            file.write(f"{current().rank}\n")

    def be_late(self, trainer):
        if self.config.trouble.kind == "late" and trainer.updater.iteration == self.config.trouble.at:
            time.sleep(self.config.trouble.seconds)


def take_note_everywhere(experiment):
    def note(trainer):
        if trainer.updater.last_counted:
            with open(experiment.output / f"taken-{current().rank}-of-{current().size}.txt", "a") as file:
                for name in trainer.updater.last_names:
                    file.write(f"{trainer.updater.iteration} {name}\n")

    extension = make_extension()(note)
    extension.every_process = True
    return extension


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    SharedExperiment.main(sys.argv[1:])
