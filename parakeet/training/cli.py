"""Train and resume, as functions and as the command line of every experiment."""

import contextlib
import errno
import functools
import io
import json
import os
import re
import sys
import tempfile
from pathlib import Path

import click

from parakeet.checkpoint import SnapshotStore
from parakeet.config import dump_config, load_config
from parakeet.errors import ConfigError, ParakeetError, ResumeError, RunError
from parakeet.files import write_whole
from parakeet.training.bundle import RollBack
from parakeet.training.distributed import current
from parakeet.training.drift import CODE, DATA, code_drift, data_drift, describe_data, keep_code, keep_data
from parakeet.training.launch import JobFailed, Processes, launch, process_options
from parakeet.training.lock import hold
from parakeet.training.run_folder import (
    CONFIG,
    SNAPSHOTS,
    describe,
    find_experiment,
    holds_run,
    read_run,
    versions,
    write_run,
)
from parakeet.training.signals import EXIT_INTERRUPTED, Interrupted

EXIT_FAILED = 1
"""The exit code of an error, as of any Python program."""

EXIT_MISTAKE = 2
"""The exit code for what its reader can mend, as for a wrong option."""

_NO_OUTPUT = "where shall the run go? Pass --output FOLDER, one that holds no run"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def train(experiment_class, output, config=None, data=None, device="cpu", overrides=()):
    """Begin a run and train to its end.

    Args:
        experiment_class (type): a subclass of `Experiment`.
        output (str or Path): the run folder; made if need be. It may hold other files, but no run.
        config (str or Path, optional): a yaml file; the defaults of the class's `config_class` when None.
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
    try:
        settings = load_config(_config_class(experiment_class), config, _with_data(data, overrides))
    except ConfigError as error:
        if data is None and re.search(r"\bdata(\.path)?: missing", str(error)):
            raise ConfigError(f"{error}\nSay where the data are: --data FOLDER") from None
        raise
    _prepare_device(device)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"{output}: the run's folder can't be made ({error.strerror}). Choose another with --output.") from None
    with _hold(output):
        experiment = experiment_class(settings, output, device)
        experiment.setup()
        # Only now: a run that could not even be built leaves a folder that `train` takes again.
        if current().leads:
            write_whole(output / CONFIG, dump_config(settings))
            keep_data(describe_data(experiment), output)
            keep_code(experiment_class, output)
            write_run(output, describe(experiment))
        return _run(experiment)


def _hold(folder):
    """Of several processes, the first holds the folder for all."""
    return hold(folder) if current().leads else contextlib.nullcontext()


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
    settings = load_config(_config_class(experiment_class), config, _with_data(data, overrides))
    _prepare_device(device)
    folder.mkdir(parents=True, exist_ok=True)
    experiment = experiment_class(settings, folder, device)
    experiment.setup()
    return experiment


def begin(experiment_class, output=None, overrides=(), plan=False, fast_dev_run=False, overfit_batches=None, **options):
    """Do what the options of ``train`` ask for: train, tell the plan, or try.

    Raises:
        RunError: if they contradict one another, or there is no folder to train in; otherwise as `train`.
    """
    if overfit_batches is not None:
        overrides = [*overrides, f"training.overfit_batches={overfit_batches}"]
    options = {**options, "output": output, "overrides": overrides}
    if plan and fast_dev_run:
        raise RunError("--plan and --fast-dev-run each make a small run of their own: choose one of them")
    if plan:
        from parakeet.training.plan import in_words

        click.echo(in_words(plan_run(experiment_class, **options), experiment_class.__name__))
    elif fast_dev_run:
        from parakeet.training.rehearsal import tell

        click.echo(tell(rehearse_run(experiment_class, **options)))
    elif output is None:
        raise RunError(_NO_OUTPUT)
    else:
        train(experiment_class, **options)


def resume(folder, experiment_class=None, data=None, device=None, overrides=(), accept=()):
    """Go on with a run from its newest valid snapshot, or from its beginning if it was killed before the first one.

    Args:
        folder (str or Path): the run folder.
        experiment_class (type, optional): found by run.json when None.
        data (str or Path, optional): the same as the override ``data.path=...``.
        device (str, optional): that of the run when None.
        overrides (Iterable[str]): ``"key.key=value"``; those in the experiment's `harmless` pass.
        accept (Iterable[str]): other keys that may differ, by name; ``code``, ``parakeet`` and ``data``, too (`parakeet.training.drift`).

    Returns:
        Experiment: when its training has ended.

    Raises:
        ResumeError: if the folder holds no run, or something differs that was not accepted.
        ConfigError, Interrupted: as for `train`.
    """
    folder = Path(folder)
    run = read_run(folder)
    with _hold(folder):
        return _resume(folder, run, experiment_class, data, device, overrides, accept)


def _resume(folder, run, experiment_class, data, device, overrides, accept):
    if experiment_class is None:
        experiment_class = find_experiment(run["experiment"], folder)
    elif experiment_class.__qualname__ != run["experiment"]["class"] and "experiment" not in accept:
        raise ResumeError(
            f"{folder} is a run of {run['experiment']['class']} ({run['experiment']['file']}), not of {experiment_class.__qualname__}. "
            "To resume it all the same: --accept experiment"
        )
    settings = load_config(_config_class(experiment_class), folder / CONFIG, _with_data(data, overrides))
    # Compared with what was run, not with the yaml beside it, which somebody may have edited.
    changes = differences(_as_now(type(settings), run["config"]), settings.model_dump(mode="json"))
    _refuse(changes, experiment_class.harmless, accept, folder)
    drifts = code_drift(experiment_class, folder) if current().leads else []
    _judge(drifts, (*accept, "code") if "experiment" in accept else accept, folder)
    device = run["device"] if device is None else device
    _prepare_device(device)
    experiment = experiment_class(settings, folder, device)
    experiment.setup()
    team = current()
    of_data, data_now = [], None
    if team.leads:
        data_now = describe_data(experiment)
        of_data = data_drift(data_now, folder)
        _judge(of_data, accept, folder)
    other_data = team.broadcast(not all(drift.harmless for drift in of_data))
    snapshot = _newest_snapshot(folder)
    if snapshot is not None:
        state = snapshot.load()
        if other_data:
            _begin_epoch(state["updater"], experiment.updater)
        experiment.trainer.set_state_dict(state)
    if team.leads:
        told = f"{folder} holds no snapshot: the run begins again" if snapshot is None else f"resumed from {snapshot.path}"
        click.echo(told, err=True)
        _note_versions(run["versions"])
        if not all(drift.harmless for drift in drifts) or not (folder / CODE).exists():
            keep_code(experiment_class, folder)
        if of_data or not (folder / DATA).exists():
            keep_data(data_now, folder)
        _note_resume(folder, run, experiment, changes, drifts + of_data)
    before = experiment.updater.iteration
    experiment = _run(experiment)
    if team.leads and before == experiment.updater.iteration:
        click.echo(f"nothing to do: iteration {before} was its end. To train on, give a later one: training.stop=[N, unit]", err=True)
    return experiment


def _newest_snapshot(folder):
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


def _note_resume(folder, run, experiment, changes, drifts):
    settings, device = experiment.config, experiment.device
    write_whole(folder / CONFIG, dump_config(settings))
    now = {
        "iteration": experiment.updater.iteration,
        "device": device,
        "versions": versions(),
        "changes": changes,
        "drift": [f"{drift.name}: {drift.text}" for drift in drifts],
    }
    write_run(folder, {**run, "config": settings.model_dump(mode="json"), "resumed": [*run["resumed"], now]})


def _judge(drifts, accept, folder):
    """Tell what differs from the run as it was; refuse what changes its meaning and was not accepted by name."""
    refused = [drift for drift in drifts if not drift.harmless and drift.name not in accept]
    if refused:
        lines = "".join(f"\n  {drift.name}: {drift.text}" + "".join(f"\n    {line}" for line in drift.details) for drift in refused)
        flags = " ".join(dict.fromkeys(f"--accept {drift.name}" for drift in refused))
        ways = "Put back what it was, begin a new run"
        copy = folder / CODE / str(read_run(folder)["experiment"].get("copy"))
        if copy.is_file() and any(drift.name == "code" for drift in refused):
            ways += f", go on with the code as it was (python {copy} resume {folder})"
        raise ResumeError(f"{folder}: these would change the meaning of the run:{lines}\n{ways}, or resume with {flags}")
    for drift in drifts:
        accepted = "" if drift.harmless else " (accepted)"
        click.echo(f"{drift.name}: {drift.text}{accepted}", err=True)


def _begin_epoch(state, updater):
    """Let the epoch that was running begin again: with other data, a position in it means nothing."""
    click.echo(f"the data are others: epoch {state['epoch']} begins again", err=True)
    state["consumed"] = 0
    state["before"]["epoch"] = str(state["epoch"])
    state["samples_in_epoch"] = updater.data.samples_per_epoch(state["epoch"])


def _run(experiment):
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
        snapshot = _newest_snapshot(folder)
        if snapshot is not None:
            experiment.trainer.set_state_dict(snapshot.load())
        if current().leads:
            begins = f"rolled back: {folder} holds no snapshot, the run begins again"
            click.echo(begins if snapshot is None else f"rolled back to {snapshot.path}", err=True)


def build_again(run, folder, output, experiment_class=None, data=None, device=None):
    """Build the experiment of a run with its configuration, in another folder; no state is loaded.

    Args:
        run (dict): what run.json holds, or held.
        folder (Path): the run folder.
        output (str or Path): the folder that the experiment gets.
        experiment_class (type, optional): found by `run` when None.
        data (str or Path, optional): the same as the override ``data.path=...``.
        device (str, optional): that of the run when None.

    Returns:
        Experiment: after its `setup`.

    Raises:
        ResumeError, ConfigError: if the experiment or the device is not there, or the configuration does not fit.
    """
    if experiment_class is None:
        experiment_class = find_experiment(run["experiment"], folder)
    with tempfile.TemporaryDirectory(prefix="parakeet-") as temporary:
        path = Path(temporary) / CONFIG
        path.write_text(json.dumps(run["config"]), encoding="utf-8")  # json is yaml
        settings = load_config(_config_class(experiment_class), path, _with_data(data, ()))
    device = run["device"] if device is None else device
    _prepare_device(device)
    experiment = experiment_class(settings, output, device)
    experiment.setup()
    return experiment


def _as_now(config_class, config):
    """A run's configuration with the keys that were added since then, at their defaults: what the run did without knowing of them."""
    try:
        return config_class.model_validate_json(json.dumps(config)).model_dump(mode="json")
    except ValueError:  # keys have gone or mean something else since: then every difference is told
        return config


def differences(before, after):
    """List what differs between two configurations.

    Args:
        before, after (dict): as ``model_dump`` gives them.

    Returns:
        dict: key, dotted -> [value before, value after].
    """
    old, new = _flat(before), _flat(after)
    return {key: [old.get(key), new.get(key)] for key in {**old, **new} if old.get(key) != new.get(key)}


def _flat(value, prefix=""):
    if not isinstance(value, dict) or not value:
        return {prefix: value}
    return {k: v for key, item in value.items() for k, v in _flat(item, f"{prefix}.{key}" if prefix else key).items()}


def _refuse(changes, harmless, accept, folder):
    allowed = (*harmless, *accept)
    refused = [key for key in changes if not any(key == name or key.startswith(f"{name}.") for name in allowed)]
    if refused:
        lines = "".join(f"\n  {key}: {changes[key][0]} in the run, {changes[key][1]} now" for key in refused)
        flags = " ".join(f"--accept {key}" for key in refused)
        raise ResumeError(
            f"{folder}: these would change the meaning of the run:{lines}\nLeave them as they are, begin a new run, or resume with {flags}"
        )


def _note_versions(then):
    for name, version in versions().items():
        if then.get(name) != version:
            click.echo(
                f"{name} was {then.get(name)} and is {version}: the numbers may differ in their last digits", err=True
            )


def _config_class(experiment_class):
    if experiment_class.config_class is None:
        raise RunError(f"{experiment_class.__qualname__} must say what its configuration is: config_class = MyConfig")
    return experiment_class.config_class


def _with_data(data, overrides):
    return [*([] if data is None else [f"data.path={Path(data).absolute()}"]), *overrides]


def _prepare_device(device):
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


# the command line ---------------------------------------------------------------------------------------------------------------


def resume_command(folder, processes=None):
    """str: what to type to go on with a run, with as many processes."""
    program = sys.argv[0] if sys.argv else ""
    program = f"python {program}" if program.endswith(".py") and Path(program).name != "__main__.py" else "parakeet"
    return f"{program} resume {folder}{'' if processes is None else processes.options()}"


def told_plainly(function):
    """Decorate a command: a mistake or a full disk is told without a traceback, an interruption with the command that resumes.

    Exit codes: `EXIT_MISTAKE`, `EXIT_INTERRUPTED`; any other exception passes, with its traceback.
    """

    @functools.wraps(function)
    def command(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except ParakeetError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(EXIT_MISTAKE)
        except JobFailed as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(EXIT_FAILED)
        except Interrupted as error:
            folder = kwargs.get("output") or kwargs.get("folder")
            processes = Processes(*kwargs["processes"]) if "processes" in kwargs else None
            how = "" if folder is None else f" To go on: {resume_command(folder, processes)}"
            click.echo(f"stopped: {error}.{how}", err=True)
            sys.exit(EXIT_INTERRUPTED)
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
            folder = kwargs.get("output") or kwargs.get("folder")
            where = folder if error.filename is None else error.filename
            where = "" if where is None else f"{where}: "
            goes_on = folder is not None and holds_run(folder)
            then = f"then go on: {resume_command(folder)}" if goes_on else "then begin again."
            click.echo(f"error: {where}{error.strerror}. Free some space, {then}", err=True)
            sys.exit(EXIT_MISTAKE)

    return command


def train_options(function):
    """Decorate a click command with what `train` takes: output, config, data, device, overrides."""
    for option in reversed(
        (
            click.option("--config", type=click.Path(path_type=Path), help="Configuration, a yaml file."),
            click.option(
                "--data", type=click.Path(path_type=Path), help="Where the data are; the same as data.path=..."
            ),
            click.option(
                "--output",
                type=click.Path(path_type=Path),
                help="Folder of the run; it must not hold one.",
            ),
            click.option("--device", default="cpu", show_default=True, help="cpu, gpu or gpu:N."),
            click.option("--plan", is_flag=True, help="Don't train; tell what would happen when, on disk, and for how long."),
            click.option("--fast-dev-run", is_flag=True, help="Two iterations, every extension once; leaves nothing behind."),
            click.option(
                "--overfit-batches",
                type=click.IntRange(min=1),
                metavar="N",
                help="Train on the same N batches, to see whether the model can learn at all.",
            ),
            click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]..."),
        )
    ):
        function = option(function)
    return function


def resume_options(function):
    """Decorate a click command with what `resume` takes: folder, data, device, accept, overrides."""
    for option in reversed(
        (
            click.argument("folder", type=click.Path(path_type=Path)),
            click.option("--data", type=click.Path(path_type=Path), help="Where the data are now, if they were moved."),
            click.option("--device", help="cpu, gpu or gpu:N; that of the run when not given."),
            click.option(
                "--accept",
                multiple=True,
                metavar="KEY",
                help="A key that may differ although the run's meaning changes; code, parakeet and data, too.",
            ),
            click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]..."),
        )
    ):
        function = option(function)
    return function


def command(experiment_class):
    """Make the command line of an experiment.

    Args:
        experiment_class (type): a subclass of `Experiment`.

    Returns:
        click.Group: with the commands ``train`` and ``resume``.
    """

    @click.group(help=(experiment_class.__doc__ or experiment_class.__name__).strip().split("\n\n")[0])
    def group():
        pass

    @group.command("train", help="Begin a run. KEY=VALUE overrides the configuration, as in training.seed=1.")
    @train_options
    @process_options
    @told_plainly
    def train_command(**options):
        train_in(experiment=lambda: experiment_class, name=experiment_class, **options)

    @group.command("resume", help="Go on with the run in FOLDER from its newest valid snapshot.")
    @resume_options
    @process_options
    @told_plainly
    def resume_command(**options):
        resume_in(experiment=lambda: experiment_class, name=experiment_class, **options)

    return group


def train_in(processes, experiment, name, **options):
    """Begin a run in as many processes as are asked for, this one if it is one.

    Args:
        processes (tuple): the arguments of `Processes`.
        experiment (callable): gives the class; it is not called where other processes do the work.
        name (type or str): the experiment, as `launch` takes it.
        options: the arguments of `begin`.

    Raises:
        RunError: as `begin`; and if something is to be tried out in several processes.
    """
    processes = Processes(*processes)
    if processes.alone:
        begin(experiment(), **options)
        return
    if options["plan"] or options["fast_dev_run"]:
        raise RunError("--plan and --fast-dev-run try things out in one process: leave out what asks for several")
    if options["output"] is None:
        raise RunError(_NO_OUTPUT)
    refuse_output(Path(options["output"]))
    launch("train", name, processes, options)


def resume_in(processes, experiment, name, **options):
    """Go on with a run in as many processes as are asked for; arguments as for `train_in` and `resume`."""
    processes = Processes(*processes)
    if processes.alone:
        resume(experiment_class=experiment(), **options)
    else:
        read_run(Path(options["folder"]))
        launch("resume", name, processes, options)


def main(experiment_class, arguments=None):
    """Run the command line of an experiment; does not return.

    Args:
        experiment_class (type): a subclass of `Experiment`.
        arguments (list of str, optional): those of the process when None.
    """
    command(experiment_class).main(args=arguments, prog_name=os.path.basename(sys.argv[0]))
