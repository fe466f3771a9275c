"""``parakeet evaluate``."""

import json
import sys
from pathlib import Path

import click

from parakeet.commands.progress import Progress
from parakeet.commands.stopping import exit_on_sigterm

PAGE, REPORT = "report.html", "report.json"


@click.command()
@click.argument("voice", type=click.Path(file_okay=False))
@click.argument("data", required=False, type=click.Path(file_okay=False))
@click.option("--split", default="test", show_default=True, help="The utterances of DATA to speak.")
@click.option("--limit", type=click.IntRange(min=2), help="Speak only so many sentences of the split, chosen by the seed.")
@click.option("--sentences", type=click.Path(dir_okay=False), help="Instead of DATA: a text file, a sentence a line; no recordings needed.")
@click.option("--count", type=click.IntRange(min=2), help="Speak only so many of these lines, chosen by the seed.")
@click.option("--output", type=click.Path(file_okay=False), help="A folder for report.json and report.html; evaluation-VOICE if not given.")
@click.option("--measures", help="Only these, with commas between them: moonshine,sphinx,dnsmos,pesq,spectrum,pitch,timing,speed.")
@click.option("--engine", default="auto", show_default=True, help="What computes the voice, as in `parakeet speak`.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of every choice and interval.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes that listen; one for each core when not given.")
def evaluate(voice, data, split, limit, sentences, count, output, measures, engine, seed, workers):
    """Give the VOICE of a run, or a voice's folder, a report card: how well it is understood, how it sounds, how fast it is.

    It speaks the held-out utterances of DATA (prepared data, or a corpus), and every figure stands beside its anchors: the recordings,
    copies of them through the voice's vocoder and through Griffin-Lim, and a wrong text; with 95 % intervals of figures and of their
    differences. A table is printed; report.json holds everything, report.html is to look and listen.
    """
    if (data is None) == (sentences is None):
        raise click.UsageError("give either DATA or --sentences: held-out recordings, or a file of sentences.")
    for option, value, place in (("--limit", limit, sentences), ("--count", count, data)):
        if value is not None and place is not None:
            raise click.UsageError(f"{option} is for {'DATA' if option == '--limit' else '--sentences'}.")
    from parakeet.cpu import import_paddle
    from parakeet.evaluation.evaluate import evaluate as examine
    from parakeet.evaluation.page import make_page
    from parakeet.evaluation.report import to_report
    from parakeet.evaluation.sentences import read_sentences, read_text_file
    from parakeet.evaluation.terminal import render
    from parakeet.voice import Voice

    folder = _folder(Path(f"evaluation-{Path(voice).resolve().name}") if output is None else Path(output))
    import_paddle("Synthesis")
    speaker = Voice.load(voice, engine)
    if data is not None:
        chosen = read_sentences(data, split, speaker.description.corpus.get("options", {}), limit, seed)
    else:
        chosen = read_text_file(sentences, language_of(speaker.description), count, seed)
    groups = None if measures is None else [name.strip() for name in measures.split(",") if name.strip()]
    with Progress() as progress, exit_on_sigterm():
        found = examine(speaker, chosen, groups, seed, workers, progress)
    command = ["parakeet", "evaluate", *sys.argv[2:]]
    report = to_report(found, _voice(voice, speaker), data if data is not None else sentences, command)
    click.echo(render(report))
    _write(folder / REPORT, json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    _write(folder / PAGE, make_page(report, found.examples, found.sample_rate))
    click.echo(f"\nTo look and listen: {(folder / PAGE).absolute()}\nAll figures: {(folder / REPORT).absolute()}")


def language_of(description):
    """str: what a voice speaks: its frontend's language, English where it knows no other."""
    return description.frontend_options.get("language", {"mandarin": "zh"}.get(description.frontend, "en"))


def _voice(path, voice):
    description = voice.description
    return {
        "path": str(path),
        "acoustic": description.acoustic.model,
        "vocoder": description.vocoder.model,
        "engine": voice.engine.name,
        "sample_rate": description.mel.sample_rate,
        "corpus": description.corpus,
    }


def _folder(folder):
    from parakeet.errors import DataError

    if not folder.absolute().parent.is_dir():
        raise DataError(f"--output {folder}: the folder {folder.parent} does not exist. Make it first.")
    return folder


def _write(path, text):
    from parakeet.errors import DataError
    from parakeet.files import write_whole

    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise DataError(f"{path}: can't be written: {error.strerror}. Check the rights and the free space there.") from error
