"""``parakeet train`` and ``parakeet resume``."""

import click

from parakeet.training.cli import resume_in, resume_options, told_plainly, train_in, train_options
from parakeet.training.launch import process_options


@click.command()
@click.argument("experiment")
@train_options
@process_options
@told_plainly
def train(experiment, **options):
    """Train the EXPERIMENT: a script such as examples/speedyspeech/train.py (see `parakeet example`), or package.module:Class.

    KEY=VALUE overrides the configuration, as in training.learning_rate=1e-3. The run folder then holds everything: snapshots, log,
    records for the dashboard, samples to listen to, and the voice that speaks.
    """
    train_in(experiment=lambda: _load(experiment), name=experiment, **options)


@click.command()
@resume_options
@process_options
@told_plainly
def resume(**options):
    """Go on with the run in FOLDER from its newest valid snapshot; the folder is all that is needed."""
    resume_in(experiment=lambda: _load(None), name=None, **options)


def _load(experiment):
    """Paddle, well tuned, then the class; None where the run folder names it."""
    from parakeet.cpu import import_paddle
    from parakeet.training.run_folder import load_experiment

    import_paddle("Training")
    return None if experiment is None else load_experiment(experiment)
