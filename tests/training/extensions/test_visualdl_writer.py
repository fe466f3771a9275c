"""VisualDLWriter: what VisualDL's own reader finds, also after a restart."""

import io
import math
import os
import wave

import numpy as np
import paddle
import pytest
from paddle import nn
from PIL import Image
from visualdl import LogReader

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import RunError
from parakeet.training.extensions import ObserveLR, Snapshot, VisualDLWriter
from parakeet.training.extensions.media import Audio, heat_picture
from parakeet.training.testing import MockClock, MockData, MockUpdater
from parakeet.training.trainer import Trainer


def reports(iteration):
    values = {"loss": paddle.to_tensor(float(iteration)), "mel 50%": (1.0, 3)}
    if iteration % 4 == 0:
        values["valid/loss"] = -iteration
    if iteration % 5 == 0:
        values["samples/00"] = Audio(np.full(80, 0.5), 16000)
        values["samples/00.mel"] = heat_picture(np.random.rand(6, 4), scale=1)
        values["remark"] = f"at {iteration}"
    return values


def make(out, stop, clock=None, optimizers=None, extensions=(), **options):
    updater = MockUpdater(MockData(40, batch_size=2), reports, {}, optimizers)
    writer = VisualDLWriter(**{"interval": (3, "iteration"), **options})
    extensions = [writer, (Snapshot(keep_last=None), (1, "iteration")), *extensions]
    return Trainer(updater, (stop, "iteration"), out, extensions, clock=MockClock() if clock is None else clock)


def reader(out):
    (path,) = [path for path in (out / "visualdl").iterdir() if "vdlrecords" in path.name]
    return LogReader(file_path=str(path))


def curve(out, tag):
    return [(record.id, record.value) for record in reader(out).get_data("scalar", tag)]


def everything(out):
    """All that is in the record, but the time of day."""
    found = {}
    for component, tags in reader(out).get_tags().items():
        for tag in tags:
            for record in reader(out).get_data(component, tag):
                record.timestamp = 0
                found.setdefault((component, tag), []).append(record.SerializeToString())
    return found


def test_scalars_are_means_drawn_where_they_were_last_reported(tmp_path):
    make(tmp_path, 9).run()
    assert curve(tmp_path, "train/loss") == [(3, 2.0), (6, 5.0), (9, 8.0)]
    assert curve(tmp_path, "valid/loss") == [(4, -4.0), (8, -8.0)]
    assert curve(tmp_path, "train/mel 50percent") == [(3, 1.0), (6, 1.0), (9, 1.0)]


def test_sounds_pictures_and_texts_are_shown_at_once(tmp_path):
    make(tmp_path, 5, interval=(100, "iteration")).run()
    data = reader(tmp_path)
    (sound,) = data.get_data("audio", "samples/00")
    (picture,) = data.get_data("image", "samples/00.mel")
    (text,) = data.get_data("text", "remark")
    assert (sound.id, picture.id, text.id, text.text.encoded_text_string) == (5, 5, 5, "at 5")
    with wave.open(io.BytesIO(sound.audio.encoded_audio_string)) as file:
        assert (file.getframerate(), file.getnframes(), file.readframes(1)) == (
            16000,
            80,
            int(0.5 * 32767).to_bytes(2, "little"),
        )
    assert Image.open(io.BytesIO(picture.image.encoded_image_string)).size == (6, 4)


def test_the_learning_rate_is_there_once(tmp_path):
    optimizer = paddle.optimizer.SGD(0.25, parameters=nn.Linear(1, 1).parameters())
    make(tmp_path / "1", 6, optimizers={"main": optimizer}).run()
    make(tmp_path / "2", 6, optimizers={"main": optimizer}, extensions=[ObserveLR()]).run()
    assert (
        curve(tmp_path / "1", "train/learning_rate")
        == curve(tmp_path / "2", "train/learning_rate")
        == [(3, 0.25), (6, 0.25)]
    )


def test_the_throughput_is_that_of_the_interval(tmp_path):
    clock = MockClock()
    trainer = make(tmp_path, 6, clock)
    trainer.extend(lambda t: clock.advance(0.5 if t.updater.iteration <= 3 else 0.25), name="time", priority=1000)
    trainer.run()
    assert curve(tmp_path, "train/samples_per_second") == [(3, 4.0), (6, 8.0)]
    assert curve(tmp_path, "train/iterations_per_second") == [(3, 2.0), (6, 4.0)]


def test_hyper_parameters_stand_in_the_table_of_runs(tmp_path):
    make(
        tmp_path / "run 7", 1, hyperparameters={"model": {"width": 96, "gated": True}, "rate": 1e-3, "path": None}
    ).run()
    (record,) = reader(tmp_path / "run 7").get_data("hyper_parameters", "hparam")
    found = {info.name: info.int_value or info.float_value or info.string_value for info in record.hparam.hparamInfos}
    assert record.hparam.name == "run 7"
    assert found == {"model.width": 96, "model.gated": "True", "rate": pytest.approx(1e-3), "path": "None"}
    assert [info.name for info in record.hparam.metricInfos] == ["valid/loss"]


def test_what_is_no_number_is_written_as_that(tmp_path):
    writer = VisualDLWriter(interval=(1, "iteration"))
    updater = MockUpdater(MockData(4), lambda i: {"loss": [math.nan, math.inf, 1.0][i - 1]})
    Trainer(updater, (3, "iteration"), tmp_path, [writer]).run()
    values = [value for _, value in curve(tmp_path, "train/loss")]
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, 1.0]


def resume(out, step, stop):
    (snapshot,) = [s for s in SnapshotStore(out / "snapshots").snapshots() if s.step == step]
    trainer = make(out, stop)
    trainer.set_state_dict(snapshot.load())
    trainer.run()


def deterministic(monkeypatch):
    generator = np.random.default_rng()
    monkeypatch.setattr(np.random, "rand", lambda *shape: generator.standard_normal(shape) * 0 + 0.5)


@pytest.mark.parametrize("step", [1, 4, 5, 7, 9, 10, 13])
def test_a_resumed_record_equals_the_uninterrupted_one(tmp_path, monkeypatch, step):
    deterministic(monkeypatch)
    make(tmp_path / "whole", 14).run()
    make(tmp_path / "parts", 13).run()
    resume(tmp_path / "parts", step, 14)
    assert everything(tmp_path / "parts") == everything(tmp_path / "whole")


def test_a_record_cut_short_by_a_crash_is_dropped(tmp_path, monkeypatch):
    deterministic(monkeypatch)
    make(tmp_path / "whole", 12).run()
    make(tmp_path / "parts", 6).run()
    (path,) = (tmp_path / "parts" / "visualdl").iterdir()
    size = path.stat().st_size
    os.truncate(path, size - 3)  # the last records were not on the disk when the machine went down
    resume(tmp_path / "parts", 6, 12)
    loss, whole = curve(tmp_path / "parts", "train/loss"), curve(tmp_path / "whole", "train/loss")
    assert [point for point in loss if point[0] != 6] == [point for point in whole if point[0] != 6]


def test_a_new_run_does_not_show_the_former_ones_curves(tmp_path):
    make(tmp_path, 3).run()
    make(tmp_path, 6).run()
    assert [record_id for record_id, _ in curve(tmp_path, "train/loss")] == [3, 6]
    assert (tmp_path / "visualdl" / "records.old-1.log").exists()


def test_records_that_were_deleted_begin_again(tmp_path):
    make(tmp_path, 6).run()
    for path in (tmp_path / "visualdl").iterdir():
        path.unlink()
    resume(tmp_path, 6, 9)
    assert curve(tmp_path, "train/loss") == [(9, 8.0)]


def test_what_was_written_can_be_read_while_the_run_goes_on(tmp_path):
    seen = []
    trainer = make(tmp_path, 4, flush_seconds=0.0)
    trainer.extend(
        lambda t: seen.append(len(curve(tmp_path, "train/loss"))), name="look", priority=-1, trigger=(3, "iteration")
    )
    trainer.run()
    assert seen == [1]


def test_a_full_disk_is_an_error_that_says_so(tmp_path):
    writer = VisualDLWriter()
    trainer = Trainer(MockUpdater(MockData(4), reports), (10, "iteration"), tmp_path, [writer])
    writer.initialize(trainer)
    writer._file.close()
    writer._file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115
    trainer.observation = {"remark": "x"}
    with pytest.raises(
        RunError, match=r"/dev/full: can't be written: No space left on device\. Free some space and resume\."
    ):
        writer(trainer)
    writer.finalize(trainer)
