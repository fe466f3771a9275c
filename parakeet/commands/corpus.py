"""``parakeet corpus``."""

import click

from parakeet.commands.progress import Progress
from parakeet.datasets import BUILDERS


@click.command()
@click.argument("name", type=click.Choice(list(BUILDERS)))
@click.argument("directory", type=click.Path(file_okay=False))
@click.option(
    "--debs", type=click.Path(exists=True), help="Debian packages already at hand: their folder. For 'allison' and 'festvox-ru'."
)
def corpus(name, directory, debs):
    """Build the demo corpus NAME in DIRECTORY, with its licence beside it.

    \b
    allison     recorded speech of one professional speaker (en-US, 24 minutes), from two
                Debian packages, CC-BY-SA-3.0; fetched by apt-get download, no root needed.
    espeak      synthetic speech with exact phone durations, made here by espeak-ng
                (pip install parakeet-tts[espeak]; GPL-3).
    festvox-ru  recorded speech of one speaker (Russian, 100 minutes) with labelled phones,
                from a Debian package of 180 MB, BSD-like licence; fetched likewise.
    """
    options = {} if debs is None else {"debs": debs}
    if options and name == "espeak":
        raise click.UsageError("--debs is for the corpora 'allison' and 'festvox-ru'.")
    with Progress() as progress:
        built = BUILDERS[name](directory, progress=progress, **options)
    counts = ", ".join(f"{len(built.indices(split))} {split}" for split in ("train", "valid", "test"))
    click.echo(f"{directory}: {len(built)} utterances ({counts}), {len(built.rejected)} left out (see rejected.jsonl).")
    click.echo(f"Licence: {built.info.licence}. {built.info.attribution}")
