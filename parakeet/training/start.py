"""Begin a run: build its experiment, make its folder, train to the end."""

import contextlib
import inspect
import io
import re
import sys
from pathlib import Path

import click

from parakeet.checkpoint import SnapshotStore
from parakeet.config import dump_config, load_config
from parakeet.errors import ConfigError, ResumeError, RunError
from parakeet.files import write_whole
from parakeet.training.bundle import RollBack
from parakeet.training.distributed import current
from parakeet.training.drift import describe_data, keep_code, keep_data
from parakeet.training.lock import hold
from parakeet.training.run_folder import CONFIG, SNAPSHOTS, describe, holds_run, resume_command, write_run


def train(experiment_class, output, config=None, data=None, device="cpu", overrides=()):
    """Begin a run and train to its end.

    Args:
        experiment_class (type): a subclass of `Experiment`.
        output (str or Path): the run folder; made if need be. It may hold other files, but no run.
        config (str or Path, optional): a yaml file; when None ``configs/default.yaml`` beside the class's own file, and where there is
            none, the defaults of its `config_class`.
        data (str or Path, optional): the same as the override ``data.path=...``.
        device (str): ``"cpu"``, ``"gpu"`` or ``"gpu:N"``.
        overrides (Iterable[str]): ``"key.key=value"``.

    Returns:
        Experiment: when its training has ended.

    Raises:
        RunError: if the folder holds a run already.
        ConfigError: if the configuration or the device can't be used.
        Interrupted: if it was asked to stop.
    """
    output = Path(output)
    if current().leads:
        refuse_output(output)
    settings = _settings(experiment_class, config, data, overrides)
    prepare_device(device)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"{output}: the run's folder can't be made ({error.strerror}). Choose another with --output.") from None
    with hold_folder(output):
        experiment = experiment_class(settings, output, device)
        experiment.setup()
        # Only now: a run that could not even be built leaves a folder that `train` takes again.
        if current().leads:
            write_whole(output / CONFIG, dump_config(settings))
            keep_data(describe_data(experiment), output)
            keep_code(experiment_class, output)
            write_run(output, describe(experiment))
        return run_to_its_end(experiment)


def refuse_output(output):
    """Refuse a folder in which no run can begin.

    Raises:
        RunError: if it holds a run already, or is a file.
    """
    if holds_run(output):
        raise RunError(
            f"{output} holds a run already. To go on with it: {resume_command(output)}\nTo begin another run, choose another folder."
        )
    if output.exists() and not output.is_dir():
        raise RunError(f"{output} is a file; --output must be a folder")


def rehearse_run(experiment_class, output=None, config=None, data=None, device="cpu", overrides=()):
    """Make two iterations with every extension called once, to see that everything works; nothing is left behind.

    Args:
        output (str or Path, optional): where the run would be; nothing is written there, but beside it, for a while.
        experiment_class, config, data, device, overrides: as for `train`.

    Returns:
        Rehearsal: what was called and measured.
    """
    from parakeet.training.rehearsal import rehearse, stage

    with stage(output) as folder:
        return rehearse(_build(experiment_class, folder, config, data, device, overrides))


def plan_run(experiment_class, output=None, config=None, data=None, device="cpu", overrides=()):
    """Tell what a run would do, without training: a few iterations are made to measure by, and nothing is left behind.

    Args:
        output, experiment_class, config, data, device, overrides: as for `rehearse_run`.

    Returns:
        Plan: every firing to come, learning rates, disk and time.
    """
    from parakeet.training.plan import MEASURED, make_plan, note_triggers
    from parakeet.training.rehearsal import rehearse, stage

    with stage(output) as folder, contextlib.redirect_stdout(io.StringIO()):
        experiment = _build(experiment_class, folder, config, data, device, overrides)
        noted = note_triggers(experiment.trainer)
        return make_plan(experiment, noted, rehearse(experiment, MEASURED))


def _build(experiment_class, folder, config, data, device, overrides):
    settings = _settings(experiment_class, config, data, overrides)
    prepare_device(device)
    folder.mkdir(parents=True, exist_ok=True)
    experiment = experiment_class(settings, folder, device)
    experiment.setup()
    return experiment


def _settings(experiment_class, config, data, overrides):
    config_class = config_class_of(experiment_class)
    config = _default_config(experiment_class) if config is None else config
    try:
        return load_config(config_class, config, with_data(data, overrides))
    except ConfigError as error:
        if data is None and re.search(r"\bdata(\.path)?: missing", str(error)):
            raise ConfigError(f"{error}\nSay where the data are: --data FOLDER") from None
        raise


def _default_config(experiment_class):
    try:
        beside = Path(inspect.getfile(experiment_class)).resolve().parent / "configs" / "default.yaml"
    except (OSError, TypeError):  # a class that was typed in has no file
        return None
    return beside if beside.is_file() else None


def run_to_its_end(experiment):
    """Train to the end; where a step went wrong and the policy says so, from the newest snapshot again, by a new experiment."""
    while True:
        try:
            experiment.run()
            return experiment
        except RollBack as error:
            if current().leads:
                click.echo(str(error), err=True)
        folder = experiment.output
        experiment = type(experiment)(experiment.config, folder, experiment.device)
        experiment.setup()
        snapshot = newest_snapshot(folder)
        if snapshot is not None:
            experiment.trainer.set_state_dict(snapshot.load())
        if current().leads:
            begins = f"rolled back: {folder} holds no snapshot, the run begins again"
            click.echo(begins if snapshot is None else f"rolled back to {snapshot.path}", err=True)


def newest_snapshot(folder):
    """Give the newest valid snapshot; where there are several processes, process 0 looks first and the others see the same."""
    team = current()
    store = SnapshotStore(folder / SNAPSHOTS)
    snapshot = store.newest() if team.leads else None
    if team.leads and snapshot is None and store.problems:
        raise ResumeError(
            f"{folder}: none of its snapshots is whole; {len(store.problems)} were moved to {store.folder / 'invalid'}. Put one from a "
            "copy back, or resume once more to begin the run again."
        )
    name = team.broadcast(None if snapshot is None else snapshot.path.name)
    if not team.leads:
        snapshot = store.newest()
        if name != (None if snapshot is None else snapshot.path.name):
            raise ResumeError(
                f"{folder}: process 0 resumes from {name}, process {team.rank} finds {snapshot and snapshot.path.name}: the run folder "
                "has to lie on a disk that all machines share"
            )
    return snapshot


def hold_folder(folder):
    """Of several processes, the first holds the folder for all."""
    return hold(folder) if current().leads else contextlib.nullcontext()


def config_class_of(experiment_class):
    """type: what an experiment's configuration is; a RunError where it does not say."""
    if experiment_class.config_class is None:
        raise RunError(f"{experiment_class.__qualname__} must say what its configuration is: config_class = MyConfig")
    return experiment_class.config_class


def with_data(data, overrides):
    """list[str]: the overrides, ``--data`` as the first of them."""
    return [*([] if data is None else [f"data.path={Path(data).absolute()}"]), *overrides]


def prepare_device(device):
    """Let Paddle find the processor's settings, if it is not imported yet, and refuse a device that is not there."""
    if "paddle" not in sys.modules:
        from parakeet.cpu import tune_cpu

        tune_cpu()
    check_device(device)


def check_device(device):
    """Refuse a device that is not there.

    Args:
        device (str): ``"cpu"``, ``"gpu"`` or ``"gpu:N"``.

    Raises:
        ConfigError: saying which there are.
    """
    import paddle

    count = paddle.device.cuda.device_count() if paddle.is_compiled_with_cuda() else 0
    there = ", ".join(["cpu", *(f"gpu:{n}" for n in range(count))])
    match = re.fullmatch(r"cpu|gpu(?::(\d+))?", device)
    if match is None:
        raise ConfigError(f"--device {device}: a device is cpu, gpu or gpu:N. On this machine there are: {there}.")
    if device != "cpu" and int(match.group(1) or 0) >= count:
        why = "" if paddle.is_compiled_with_cuda() else " The paddle that is installed is built for processors only."
        raise ConfigError(f"--device {device}: there is no such device. On this machine there are: {there}.{why}")
