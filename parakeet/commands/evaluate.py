"""``parakeet evaluate``."""

import json
from pathlib import Path

import click

from parakeet.commands.progress import Progress
from parakeet.commands.stopping import exit_on_sigterm
from parakeet.errors import DataError, TextError


@click.command()
@click.argument("voice", type=click.Path(file_okay=False))
@click.argument("corpus", type=click.Path(file_okay=False))
@click.option("--split", default="test", show_default=True, help="The utterances to speak.")
@click.option("--output", type=click.Path(dir_okay=False), help="A json file for every hypothesis beside its reference.")
def evaluate(voice, corpus, split, output):
    """Measure how well the VOICE is understood on held-out sentences of its CORPUS.

    An offline recogniser (pocketsphinx) with a bigram model of the corpus' texts, a closed vocabulary, hears the voice and its
    anchors: the recordings, the recordings turned to mel and back by Griffin-Lim, and the voice's words against wrong texts.
    Compare rates of this measure only with one another.
    """
    from parakeet.audio.io import read_wav
    from parakeet.cpu import import_paddle
    from parakeet.datasets.layouts import open_corpus
    from parakeet.evaluation.intelligibility import Utterance, evaluate_intelligibility
    from parakeet.evaluation.recognizer import BigramRecognizer
    from parakeet.voice import Voice

    if output is not None and not Path(output).absolute().parent.is_dir():
        raise click.UsageError(f"--output {output}: the folder {Path(output).parent} does not exist. Make it first.")
    import_paddle("Synthesis")
    speaker = Voice.load(voice)
    speech = open_corpus(corpus, **speaker.description.corpus.get("options", {}))
    if speech.info.language.replace("_", "-").split("-")[0].lower() not in ("en", "eng"):
        raise DataError(f"{corpus}: its language is '{speech.info.language}'; the recogniser that listens here knows English alone.")
    chosen = [speech[i] for i in speech.indices(split)]
    if len(chosen) < 2:
        raise DataError(f"{corpus}: {len(chosen)} utterances in the split '{split}', expected two or more. Choose another with --split.")
    recognizer = BigramRecognizer(_readable(speech, speaker.frontend), speaker.frontend.words)
    utterances = [Utterance(example["utt_id"], example["text"], *read_wav(example["wav_path"])) for example in chosen]
    spoken = 0

    with Progress() as progress, exit_on_sigterm():

        def synthesize(text):
            nonlocal spoken
            said = speaker.speak(text)
            spoken += 1
            progress("speaking and listening", spoken, len(chosen))
            return said.wav, said.sample_rate

        result = evaluate_intelligibility(
            utterances, recognizer, synthesize, speaker.description.mel, speaker.frontend.normalize
        )
    click.echo(result.table())
    if output is not None:
        Path(output).write_text(json.dumps(result.to_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        click.echo(f"Every hypothesis beside its reference: {output}")


def _readable(speech, frontend):
    """The texts of a corpus; one that can't be spoken is named by its utterance."""
    for example in speech:
        try:
            frontend.normalize(example["text"])
        except TextError as error:
            raise DataError(f"utterance '{example['utt_id']}': {error}") from error
        yield example["text"]
