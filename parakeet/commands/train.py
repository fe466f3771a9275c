"""``parakeet train`` and ``parakeet resume``."""

import click

from parakeet.training.cli import begin, resume_options, told_plainly, train_options
from parakeet.training.cli import resume as resume_run


@click.command()
@click.argument("experiment")
@train_options
@told_plainly
def train(experiment, **options):
    """Train the EXPERIMENT: a script such as examples/speedyspeech/train.py, or package.module:Class.

    KEY=VALUE overrides the configuration, as in training.learning_rate=1e-3. The run folder then holds everything: snapshots, log,
    records for the dashboard, samples to listen to, and the voice that speaks.
    """
    from parakeet.cpu import import_paddle
    from parakeet.training.run_folder import load_experiment

    import_paddle("Training")
    begin(load_experiment(experiment), **options)


@click.command()
@resume_options
@told_plainly
def resume(**options):
    """Go on with the run in FOLDER from its newest valid snapshot; the folder is all that is needed."""
    from parakeet.cpu import import_paddle

    import_paddle("Training")
    resume_run(**options)
