"""``parakeet replay``."""

import sys
from pathlib import Path

import click

from parakeet.training.cli import told_plainly


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="Where the data are now, if they were moved.")
@click.option("--device", help="cpu, gpu or gpu:N; that of the run when not given.")
@told_plainly
def replay(bundle, data, device):
    """Make a step that went wrong once more: BUNDLE is RUN/bundles/iteration-N.

    Tells the utterances, losses and norms, and what was no number first: a value of the batch, the output of a layer, a loss, a gradient
    or a parameter. Nothing in the run folder is changed. The exit code is 0 if the step was reproduced to the bit, else 1.
    """
    from parakeet.cpu import import_paddle

    import_paddle("Training")
    from parakeet.training.replay import replay_run

    result = replay_run(bundle, data=data, device=device)
    click.echo("\n".join(result.lines()))
    sys.exit(0 if result.reproduced else 1)
