"""The part of the page where one listens and looks, and reads what was not understood."""

from html import escape

from parakeet.evaluation.conditions import CONDITIONS, COPY, GRIFFIN_LIM, RECORDING, VOICE
from parakeet.evaluation.intelligibility import misheard, words_of
from parakeet.evaluation.level import at_level
from parakeet.evaluation.measures import MEASURES
from parakeet.pages.media import sound_address, spectrum_address

RATE = 24000
"""Hz: the highest rate of a sound in the page."""
SECONDS = 12.0
"""The longest sound in the page."""
_ORDER = (RECORDING, COPY, GRIFFIN_LIM, VOICE)
_KINDS = {"best": "good", "middling": "fair", "worst": "poor"}
_SHORT = {"dnsmos_overall": "DNSMOS", "pesq": "PESQ", "mcd": "MCD"}


def examples_section(report, examples, sample_rate):
    """Lay out examples: each condition's spectrum and player, what was heard in it, and its figures.

    Args:
        report (dict): as :func:`parakeet.evaluation.report.to_report` makes it.
        examples (list[Example]): to be listened to.
        sample_rate (int): of their sounds, Hz.

    Returns:
        str: HTML.
    """
    cards = "".join(_card(example, report["sentences"][example.number], sample_rate) for example in examples)
    lead = (
        "The voice's best, middling and worst sentences, by what was understood, all at one loudness. The pictures reach up to half the "
        f"sample rate, {sample_rate / 2000:g} kHz. What was heard wrongly is marked."
    )
    return f"<section id='listen'><h2>Listen and look</h2><p class='lead'>{lead}</p>{cards}</section>"


def _card(example, sentence, sample_rate):
    shown = "".join(
        _sound(condition, example.sounds[condition][0].wav, sentence, sample_rate) for condition in _ORDER if condition in example.sounds
    )
    name = f'<span class="name">{escape(sentence["utt_ids"][0])}</span>' if sentence["utt_ids"] else ""
    return (
        f'<article class="card example"><p><span class="pill {_KINDS[example.kind]}">{example.kind}</span> {name}</p>'
        f'<p class="says">{escape(sentence["text"])}</p><div class="takes">{shown}</div></article>'
    )


def _sound(condition, wav, sentence, sample_rate):
    wav = at_level(wav[: round(SECONDS * sample_rate)], sample_rate)
    title = CONDITIONS[condition].title
    figures = sentence["values"].get(condition, {})
    notes = " · ".join(f"{short} {figures[name]:.{MEASURES[name].digits}f}" for name, short in _SHORT.items() if name in figures)
    return (
        f'<div class="take {condition}"><b>{title}</b>'
        f'<div class="spectrum"><img src="{spectrum_address(wav, sample_rate)}" alt="spectrum: {title}"></div>'
        f'<audio controls preload="none" src="{sound_address(wav, sample_rate, RATE)}"></audio>'
        f'<p class="heard">{_heard(condition, sentence)}</p><p class="quiet">{notes}</p></div>'
    )


def _heard(condition, sentence):
    recognizer = next((name for name in ("moonshine", "sphinx") if name in sentence["heard"]), None)
    texts = sentence["heard"].get(recognizer, {}).get(condition)
    if not texts:
        return ""
    understood = words_of(texts[0])
    if words_of(sentence["text"]) == understood:
        return "<span class='all'>✓ every word understood</span>"
    return f"heard: {_marked(understood, words_of(sentence['text']))}"


def _marked(understood, expected):
    """What was heard, and in it what doesn't belong there."""
    return " ".join(
        escape(word) if said == word else f"<mark>{escape(word)}</mark>" for word, said in misheard(understood, expected)
    )


def words_section(report):
    """Lay out the words that were not understood.

    Args:
        report (dict): as for :func:`examples_section`.

    Returns:
        str: HTML; empty where there are none.
    """
    words = report["misunderstood_words"]
    if not words:
        return ""
    items = "".join(_word(word) for word in words)
    lead = (
        "Those of the voice that were missed most often; red ones were understood in the recordings. A name or a rare word may be the "
        "listener's fault; a word that is always missed is worth a look at how it is read: <code>parakeet text --explain</code>."
    )
    return f"<section><h2>Words not understood</h2><p class='lead'>{lead}</p><ul class='card words'>{items}</ul></section>"


def _word(word):
    heard = ", ".join(f"“{escape(text)}”" if text else "nothing" for text in word["heard_as"])
    recorded = word["missed_in_recordings"]
    also = " · in recordings too" if recorded else ""
    state = "poor" if recorded == 0 else "open"
    often = f" {word['missed']} of {word['said']}" if word["said"] > 1 else ""
    return f'<li><b class="{state}">{escape(word["word"])}</b>{often} <span>heard as {heard}{also}</span></li>'
