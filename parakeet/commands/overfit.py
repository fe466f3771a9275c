"""``parakeet overfit``."""

import tempfile
from pathlib import Path

import click

from parakeet.training.cli import told_plainly


@click.command()
@click.argument("experiment")
@click.option("--config", type=click.Path(path_type=Path), required=True, help="Configuration, a yaml file.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Prepared data.")
@click.option("--iterations", type=click.IntRange(min=1), default=500, show_default=True, help="To train.")
@click.option("--count", type=click.IntRange(min=1), default=4, show_default=True, help="Utterances.")
@click.option("--seconds", type=click.FloatRange(min=0.1), default=2.0, show_default=True, help="How long they are to be, about.")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="A folder for the sounds.")
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
@told_plainly
def overfit(experiment, config, data, iterations, count, seconds, keep, overrides):
    """Train the EXPERIMENT, a script, on a few utterances alone, and tell how far its sound is from theirs.

    Whether a model can learn at all: mel distance and mel-cepstral distortion before and after, beside copies of the recordings by
    Griffin-Lim. No run is left behind.
    """
    from parakeet.cpu import import_paddle

    import_paddle("Training")
    from parakeet.config import load_config
    from parakeet.experiments.overfit import keep_sounds
    from parakeet.experiments.overfit import overfit as learn
    from parakeet.training.run_folder import load_experiment

    experiment_class = load_experiment(experiment)
    settings = load_config(experiment_class.config_class, config, [f"data.path={data}", *overrides])
    every = max(1, iterations // 10)

    def progress(iteration, observation):
        if iteration % every == 0:
            losses = ", ".join(f"{name} {_number(value):.4f}" for name, value in observation.items())
            click.echo(f"{iteration}: {losses}", err=True)

    with tempfile.TemporaryDirectory() as folder:
        built = experiment_class(settings, folder)
        found = learn(built, iterations, count, seconds, progress)
    spoken = f"{', '.join(found.names)}: {found.recorded_seconds:.2f} s"
    click.echo(f"{spoken}; {found.iterations} iterations in {found.train_seconds:.0f} s\n\n{found.table()}")
    if keep is not None:
        keep_sounds(found, built.prepared.mel_config, keep)


def _number(reported):
    """Of a value, or of a value with its weight."""
    return float(reported[0] if isinstance(reported, tuple) else reported)
