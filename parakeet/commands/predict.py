"""``parakeet predict``."""

import click

from parakeet.commands.progress import Progress


@click.command()
@click.argument("run", type=click.Path(file_okay=False))
@click.argument("prepared", type=click.Path(file_okay=False))
@click.argument("folder", type=click.Path(file_okay=False))
def predict(run, prepared, folder):
    """Write the spectra that the acoustic model of RUN makes of the utterances of PREPARED into FOLDER, to tune a vocoder on.

    Durations, pitch and energy are the recorded ones, so that each spectrum fits its recording frame for frame; training and validation
    utterances alone. A vocoder's experiment takes the folder as data.predicted.
    """
    from parakeet.cpu import import_paddle

    import_paddle("Prediction")
    from parakeet.preparation.store import PreparedData
    from parakeet.voice.prediction import predict_spectra

    with Progress() as progress:
        written = predict_spectra(run, PreparedData(prepared), folder, progress=progress)
    click.echo(f"{folder}: {written} spectra.")
