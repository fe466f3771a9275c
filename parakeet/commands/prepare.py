"""``parakeet prepare``."""

import functools

import click

from parakeet.commands.progress import Progress
from parakeet.commands.stopping import exit_on_sigterm


@click.command()
@click.argument("corpus", type=click.Path(file_okay=False))
@click.argument("directory", type=click.Path(file_okay=False))
@click.option("--config", type=click.Path(dir_okay=False), help="A yaml file of settings.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; one for each core when not given.")
@click.option("--strict", is_flag=True, help="Stop at the first utterance that can't be used.")
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
def prepare(corpus, directory, config, workers, strict, overrides):
    """Turn the CORPUS into spectra, pitch, phones and durations in DIRECTORY.

    CORPUS is what `parakeet corpus` built, a published corpus (LJSpeech, VCTK, LibriTTS, AISHELL-3, CSMSC) or a folder of recordings of
    your own with a text file beside each, or one table metadata.csv with the columns file and text.

    What can't be used is left out and listed in rejected.jsonl with its reason. Settings are given as key=value, for example
    mel.sample_rate=22050 mel.fmax=11025.
    """
    from parakeet.config import load_config
    from parakeet.preparation.prepare import PrepareConfig
    from parakeet.preparation.prepare import prepare as run

    settings = load_config(PrepareConfig, config, overrides)
    with Progress() as progress, exit_on_sigterm():
        show = functools.partial(progress, "preparing the recordings")
        prepared = run(corpus, directory, settings, workers=workers, strict=strict, progress=show)
    counts = prepared.info["utterances"]
    minutes = sum(prepared.lengths(range(len(prepared)))) * settings.mel.hop_length / settings.mel.sample_rate / 60
    click.echo(
        f"{directory}: {len(prepared)} utterances, {minutes:.1f} minutes "
        f"({counts['train']} train, {counts['valid']} valid, {counts['test']} test)."
    )
    rejected = prepared.rejected
    if rejected:
        click.echo(f"Left out: {len(rejected)}, for the reasons in {directory}/rejected.jsonl, such as")
        for record in rejected[:3]:
            click.echo(f"  {record['utt_id']}: {record['reason']}")
