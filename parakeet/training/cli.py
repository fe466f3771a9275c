"""The command line of every experiment: ``train`` and ``resume``."""

import errno
import functools
import os
import sys
from pathlib import Path

import click

from parakeet.errors import ParakeetError, RunError
from parakeet.training.launch import JobFailed, Processes, launch, process_options
from parakeet.training.resumption import resume
from parakeet.training.run_folder import holds_run, read_run, resume_command
from parakeet.training.signals import EXIT_INTERRUPTED, Interrupted
from parakeet.training.start import plan_run, refuse_output, rehearse_run, train

EXIT_FAILED = 1
"""The exit code of an error, as of any Python program."""

EXIT_MISTAKE = 2
"""The exit code for what its reader can mend, as for a wrong option."""

_NO_OUTPUT = "where shall the run go? Pass --output FOLDER, one that holds no run"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


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
            click.option(
                "--config",
                type=click.Path(path_type=Path),
                help="Configuration, a yaml file; configs/default.yaml beside the script when not given.",
            ),
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
