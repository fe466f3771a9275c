"""All extensions in one run: interrupted and resumed, everything it leaves is as if it had not been."""

import io
import json

import numpy as np
import paddle
import pytest
from paddle import nn
from visualdl import LogReader

from parakeet.checkpoint import SnapshotStore
from parakeet.data.cargo import DataCargo
from parakeet.data.dataset import DatasetMixin
from parakeet.training import extensions as e
from parakeet.training.random import seed_everything
from parakeet.training.reporter import report
from parakeet.training.signals import Interrupted
from parakeet.training.testing import MockClock
from parakeet.training.trainer import Trainer
from parakeet.training.triggers import MinValue
from parakeet.training.updater import StandardUpdater


class Numbers(DatasetMixin):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def get_example(self, i):
        return {"utt_id": f"u{i}", "x": np.random.default_rng(i).standard_normal(4).astype("f4")}


def batch_fn(examples):
    return {
        "x": np.stack([example["x"] for example in examples]),
        "utt_id": [example["utt_id"] for example in examples],
    }


def compute_loss(model, batch):
    error = ((model(batch["x"]) - batch["x"]) ** 2).mean()
    report({"loss": error, "first": (batch["x"][:, 0].mean(), len(batch["utt_id"]))})
    return error


def build(out, stop, stop_at=None):
    seed_everything(5)
    model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.Linear(8, 4))
    optimizer = paddle.optimizer.Adam(paddle.optimizer.lr.ExponentialDecay(0.02, 0.95), parameters=model.parameters())
    updater = StandardUpdater(DataCargo(Numbers(23), batch_fn, 4, shuffle=True, seed=1), model, optimizer, compute_loss)
    clock = MockClock()
    trainer = Trainer(updater, (stop, "iteration"), out, clock=clock)
    valid = DataCargo(Numbers(7), batch_fn, 3)
    ema = e.EMA(model, 0.9)

    def speak(sentence):
        return {
            "wav": model(paddle.ones([25, 4])).reshape([-1]) * paddle.rand([100]),
            "sample_rate": 16000,
            "mel": paddle.rand([9, 5]),
        }

    trainer.extend(lambda t: clock.advance(0.5), name="time", priority=1000)
    trainer.extend(e.FailOnNonNumber())
    trainer.extend(e.ObserveLR())
    trainer.extend(e.Evaluator(valid, model, compute_loss), trigger=(4, "iteration"))
    trainer.extend(
        e.Evaluator(valid, model, compute_loss, name="averaged", context=ema.average), trigger=(4, "iteration")
    )
    trainer.extend(e.AudioSamples(speak, ["a"], model=model), trigger=(5, "iteration"))
    trainer.extend(ema)
    trainer.extend(e.LogReport((3, "iteration")))
    trainer.extend(e.PrintReport(stream=io.StringIO()))
    trainer.extend(e.ProgressBar(stream=io.StringIO()))
    trainer.extend(e.VisualDLWriter((3, "iteration")))
    trainer.extend(e.PlotReport(["loss", "valid/loss"]), trigger=(6, "iteration"))
    trainer.extend(e.Snapshot(keep_last=1), trigger=(50, "iteration"))
    trainer.extend(
        e.Snapshot(keep_last=1, folder="best", at_end=False),
        name="best",
        trigger=MinValue("valid/loss", (4, "iteration")),
    )
    if stop_at is not None:
        trainer.extend(
            lambda t: t.request_stop("SIGTERM") if t.updater.iteration == stop_at else None, name="stop", priority=1
        )
    return trainer


def left_by(trainer):
    out = trainer.out
    (path,) = (out / "visualdl").glob("vdlrecords*")
    records = LogReader(file_path=str(path))
    kinds = ("scalar", "audio", "image")
    shown = {
        (kind, tag): [
            (r.id, r.value, r.audio.encoded_audio_string, r.image.encoded_image_string)
            for r in records.get_data(kind, tag)
        ]
        for kind in kinds
        for tag in records.get_tags()[kind]
    }
    state = json.dumps(
        {k: v for k, v in trainer.state_dict()["extensions"].items() if k not in ("EMA", "VisualDLWriter")}
    )
    arrays = [tensor.numpy().tobytes() for tensor in trainer.updater.model.state_dict().values()]
    arrays += [array.tobytes() for array in trainer.get_extension("EMA").state_dict()["average"]["main"].values()]
    files = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.suffix in (".wav", ".jsonl", ".svg")}
    best = SnapshotStore(out / "best").newest()
    return {"shown": shown, "state": state, "arrays": arrays, "files": files, "best": best.step}


@pytest.mark.parametrize("stop_at", [1, 4, 7, 13, 18])
def test_an_interrupted_run_leaves_what_an_uninterrupted_one_leaves(tmp_path, stop_at):
    whole = build(tmp_path / "whole", 20)
    whole.run()
    first = build(tmp_path / "parts", 20, stop_at)
    with pytest.raises(Interrupted):
        first.run()
    second = build(tmp_path / "parts", 20)
    second.set_state_dict(SnapshotStore(tmp_path / "parts" / "snapshots").newest().load())
    assert second.updater.iteration == stop_at
    second.run()
    expected, received = left_by(whole), left_by(second)
    assert sorted(received["files"]) == sorted(expected["files"])
    assert len(expected["files"]) == 4 + 2
    assert len(expected["shown"]) >= 10
    assert expected["best"] in (4, 8, 12, 16, 20)
    for key in expected["shown"]:
        assert received["shown"][key] == expected["shown"][key], key
    assert received == expected
