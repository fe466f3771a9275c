"""``parakeet verify-resume``."""

import sys
from pathlib import Path

import click

from parakeet.training.cli import told_plainly


@click.command("verify-resume")
@click.argument("experiment")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration, as for train.")
@click.option("--data", type=click.Path(path_type=Path), help="Where the data are; the same as data.path=...")
@click.option("--device", default="cpu", show_default=True, help="cpu, gpu or gpu:N.")
@click.option("--iterations", type=click.IntRange(min=2), help="How long a run is; as configured when not given.")
@click.option("--kills", type=click.IntRange(min=1), default=10, show_default=True, help="How many processes are killed.")
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    multiple=True,
    default=(0,),
    show_default=True,
    help="Processes that make batches; may be given several times.",
)
@click.option("--seed", default=0, show_default=True, help="Of the instants of the kills.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep the run folders here; deleted if equal when not given.")
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
@told_plainly
def verify_resume(experiment, config, data, device, iterations, kills, workers, seed, folder, overrides):
    """Prove that runs of the EXPERIMENT resume: train, train again with SIGKILL at random instants, compare to the bit.

    Parameters, optimizers, random state, position and log are compared by sha256. Exit code 1 means that something differs.
    """
    from parakeet.training.verify import table, work_folder
    from parakeet.training.verify import verify_resume as verify

    with work_folder(folder) as place:
        options = {"config": config, "data": data, "device": device, "overrides": overrides, "iterations": iterations}
        verdicts = [
            verify(experiment, place, **options, kills=kills, workers=n, seed=seed, say=lambda line: click.echo(line, err=True))
            for n in workers
        ]
        click.echo(table(verdicts))
        faults = [fault for verdict in verdicts for fault in verdict.faults]
        if faults:
            click.echo("\n".join(["", "NOT IDENTICAL:", *faults]), err=True)
            sys.exit(1)
