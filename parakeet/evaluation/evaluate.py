"""A voice examined: spoken, listened to, counted."""

from dataclasses import dataclass
from typing import NamedTuple

from parakeet.errors import TextError
from parakeet.evaluation.conditions import VOICE
from parakeet.evaluation.listening import Heard, Listener, make_recognizers
from parakeet.evaluation.measures import LeftOut, choose
from parakeet.evaluation.scoring import Scorer, summarise
from parakeet.evaluation.studio import Studio
from parakeet.frontend import load_frontend
from parakeet.preparation.executors import cores, results_here
from parakeet.preparation.record import Rejection

EXAMPLES = 2
"""How many of the best, of the middling and of the worst sentences a page lets one hear."""


class Example(NamedTuple):
    """A sentence to listen to.

    Attributes:
        kind (str): "best", "middling" or "worst".
        number (int): of the sentence.
        sounds (dict[str, list[Sound]]): by condition.
    """

    kind: str
    number: int
    sounds: dict


@dataclass(frozen=True)
class Evaluation:
    """Everything that was found out about a voice.

    Attributes:
        sentences (Sentences): what was spoken.
        groups (list[str]): what was measured.
        left_out (list[LeftOut]): what was asked for and wasn't.
        results (list[Heard]): of each sentence.
        figures (Figures): of all together.
        words (list[Word]): what was not understood.
        speed (dict): the circumstances in which the speed was measured; empty where it wasn't.
        examples (list[Example]): to be listened to.
        sample_rate (int): of these sounds, Hz.
        seed (int): of everything drawn.
        workers (int): processes that listened.
        has_vocoder (bool): whether the voice has a vocoder of its own, so that there is copy synthesis.
    """

    sentences: object
    groups: list
    left_out: list
    results: list
    figures: object
    words: list
    speed: dict
    examples: list
    sample_rate: int
    seed: int
    workers: int
    has_vocoder: bool


def evaluate(voice, sentences, groups=None, seed=0, workers=None, progress=None):
    """Speak sentences, listen to them and to their anchors, and say how good the voice is and how sure that is.

    Args:
        voice (Voice): speaks.
        sentences (Sentences): what is spoken, with recordings or without.
        groups (Iterable[str], optional): keys of :data:`parakeet.evaluation.measures.GROUPS`; all when None.
        seed (int): of wrong texts and intervals.
        workers (int, optional): processes that listen; one for each core when None.
        progress (Callable, optional): called with (what, done, total).

    Returns:
        Evaluation

    Raises:
        DataError: if nothing can be measured, the voice can't read a sentence, or a recording can't be used.
    """
    english = sentences.language.replace("_", "-").split("-")[0].lower() in ("en", "eng")
    groups, left_out = choose(groups, english, any(sentence.takes for sentence in sentences.chosen))
    studio = Studio(voice, sentences, seed)
    timed, speed = studio.measure_speed(progress) if "speed" in groups else ({}, {})
    frontend = _english_frontend(voice) if english else None
    recognizers = make_recognizers(groups, _readable(sentences.vocabulary, frontend), getattr(frontend, "words", None))
    scorer = Scorer([sentence.text for sentence in sentences.chosen], studio.wrong, getattr(frontend, "normalize", None))
    workers = min(cores() if workers is None else workers, len(sentences.chosen))
    results, lost = _listen(studio, Listener(tuple(groups), recognizers), workers, progress)
    for heard in results:
        scorer.score(heard)
        for condition, (work, sound) in timed.get(heard.number, {}).items():
            heard.add(condition, "real_time_factor", work, sound)
    ears = next(iter(recognizers), None)
    return Evaluation(
        sentences=sentences,
        groups=groups,
        left_out=left_out + lost,
        results=results,
        figures=summarise(results, seed),
        words=scorer.worst_words(results, ears) if ears is not None else [],
        speed=speed,
        examples=[Example(kind, number, studio.sounds(number)) for number, kind in choose_examples(results).items()],
        sample_rate=studio.mel.sample_rate,
        seed=seed,
        workers=workers,
        has_vocoder=studio.has_vocoder,
    )


def _listen(studio, listener, workers, progress):
    """What was heard of each sentence, and those of which nothing was, because it ended the process that listened."""
    total = len(studio.sentences)
    results, lost = [None] * total, []
    for done, (task, heard) in enumerate(results_here(listener, map(studio.task, range(total)), workers), start=1):
        if isinstance(heard, Rejection):
            lost.append(LeftOut("all", f"sentence {studio.sentences[task.number].text!r}: {heard.reason}."))
            heard = Heard(task.number)
        results[task.number] = heard
        if progress is not None:
            progress("speaking and listening", done, total)
    return results, lost


def _english_frontend(voice):
    """The one that writes out numbers, and knows how words are said: the voice's own, with its lexicon, where it is of that kind."""
    return voice.frontend if voice.description.frontend == "english" else load_frontend("english")


def _readable(texts, frontend):
    """Those texts that can be read: one that can't was not recorded either."""
    for text in texts:
        try:
            frontend.words(text)
        except TextError:
            continue
        yield text


def choose_examples(results, each=EXAMPLES):
    """Choose what to listen to: the best, the middling and the worst sentences of the voice, by what was understood, then by sound.

    Args:
        results (list[Heard]): of every sentence.
        each (int): of each kind.

    Returns:
        dict[int, str]: numbers of sentences to "best", "middling" or "worst", in that order.
    """
    def badness(heard):
        values = {name: total / weight for name, (total, weight) in heard.values.get(VOICE, {}).items()}
        understood = values.get("cer_moonshine", values.get("cer_sphinx", 0.0))
        return understood, values.get("mcd", -values.get("dnsmos_overall", 0.0)), heard.number

    order = [heard.number for heard in sorted(results, key=badness)]
    middle = max(0, len(order) // 2 - each // 2)
    kinds = (("best", order[:each]), ("worst", order[-each:]), ("middling", order[middle : middle + each]))
    chosen = {}
    for kind, numbers in kinds:
        for number in numbers:
            chosen.setdefault(number, kind)
    return {number: chosen[number] for number in order if number in chosen}
