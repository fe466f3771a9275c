"""``parakeet pack``."""

import click


@click.command()
@click.argument("run", type=click.Path(file_okay=False))
@click.argument("directory", type=click.Path(file_okay=False))
@click.option("--vocoder", type=click.Path(file_okay=False), help="The run of a vocoder; Griffin-Lim speaks without one.")
@click.option("--half", is_flag=True, help="Store most weights in 16 bits: half the size.")
@click.option("--licence-file", type=click.Path(dir_okay=False), help="What to put in as LICENSE.txt, instead of what the corpus says.")
@click.option("--card", type=click.Path(dir_okay=False), help="What to put in as MODEL_CARD.md, instead of a generated one.")
def pack(run, directory, vocoder, half, licence_file, card):
    """Make of a RUN a voice: one folder, DIRECTORY, that can be copied anywhere and speaks.

    It takes the newest valid snapshots; of runs that keep a moving average of their weights, that average.
    """
    from parakeet.commands.stopping import exit_on_sigterm
    from parakeet.voice import pack_voice

    with exit_on_sigterm():
        made = pack_voice(run, directory, vocoder=vocoder, half=half, licence=licence_file, card=card)
    size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
    click.echo(f'{made}: a voice of {size / 1e6:.1f} MB. Hear it: parakeet speak "Good morning." --voice {directory}')
