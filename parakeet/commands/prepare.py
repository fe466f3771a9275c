"""``parakeet prepare``."""

import collections
import re
import shlex
import time
import warnings

import click

from parakeet.commands.progress import Progress
from parakeet.commands.stopping import exit_on_sigterm


@click.command()
@click.argument("corpus", type=click.Path(file_okay=False))
@click.argument("directory", type=click.Path(file_okay=False))
@click.option("--config", type=click.Path(dir_okay=False), help="A yaml file of settings.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; one for each core when not given.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="A Dask cluster that does the work instead.")
@click.option("--strict", is_flag=True, help="Stop at the first utterance that can't be used.")
@click.option("--update", is_flag=True, help="Bring data of other settings, or of another corpus, up to these.")
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
def prepare(corpus, directory, config, workers, scheduler, strict, update, overrides):
    """Turn the CORPUS into spectra, pitch, energy, phones and durations in DIRECTORY.

    CORPUS is what `parakeet corpus` built, a published corpus (LJSpeech, VCTK, LibriTTS, AISHELL-3, CSMSC) or a folder of recordings of
    your own with a text file beside each, or one table metadata.csv with the columns file and text.

    Recordings are brought to one loudness, and silence at their edges is cut off. What can't be used is left out and listed in
    rejected.jsonl with its reason. Only what isn't there yet is made: after an interruption, or when recordings or texts have changed,
    run the same command again.

    Settings are given as key=value, for example mel.sample_rate=22050 mel.fmax=8000 trim=null.
    """
    from parakeet.config import load_config
    from parakeet.preparation.prepare import Preparation, PrepareConfig

    settings = load_config(PrepareConfig, config, overrides)
    began = time.monotonic()
    with Progress() as progress, exit_on_sigterm(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        preparation = Preparation(corpus, directory, settings, strict, update, progress)
        try:
            prepared = preparation.run(workers, scheduler=scheduler)
        except (KeyboardInterrupt, SystemExit):
            progress.close()
            click.echo("What is finished is kept: run the same command again, and it goes on from there.", err=True)
            raise
    _summarise(preparation, prepared, time.monotonic() - began)
    for warning in caught:
        click.echo(f"Warning: {warning.message}", err=True)


def _summarise(preparation, prepared, seconds):
    counts, mel = prepared.info["utterances"], prepared.mel_config
    hours = sum(prepared.lengths(range(len(prepared)))) * mel.hop_length / mel.sample_rate / 3600
    click.echo(
        f"{prepared.directory}: {len(prepared)} utterances, {hours:.2f} hours "
        f"({counts['train']} train, {counts['valid']} valid, {counts['test']} test)."
    )
    if preparation.made and not preparation.kept:
        click.echo(f"Made in {seconds:.0f} s: {hours / (seconds / 60):.2f} hours of audio a minute.")
    elif preparation.made:
        click.echo(f"{preparation.made} made in {seconds:.0f} s, {preparation.kept} were there already.")
    else:
        click.echo("Every recording was there already.")
    rejected = prepared.rejected
    if rejected:
        click.echo(f"Left out: {len(rejected)}, listed in {prepared.directory}/rejected.jsonl:")
        for count, record in _by_reason(rejected):
            click.echo(f"  {count} like {record['utt_id']}: {record['reason']}")
    settings = "hour" if hours > 0.6 else "demo"
    click.echo("Next (in a clone, examples/speedyspeech is that recipe already):\n  parakeet example speedyspeech recipe")
    train = f"parakeet train recipe/train.py --config recipe/configs/{settings}.yaml"
    click.echo(f"  {train} --data {shlex.quote(str(prepared.directory))} --output runs/first")


def _by_reason(rejected):
    """The most frequent reasons, names and numbers left aside: how many, and the first one of each."""
    groups = collections.OrderedDict()
    for record in rejected:
        kind = re.sub(r"^\S+: |'[^']*'|[-+\d.]+", "", record["reason"])
        groups.setdefault(kind, []).append(record)
    return sorted(((len(group), group[0]) for group in groups.values()), key=lambda pair: -pair[0])[:10]
