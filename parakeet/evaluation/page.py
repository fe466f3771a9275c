"""The report card as one page of HTML: nothing is loaded from anywhere, sounds and pictures are inside it."""

from html import escape

from parakeet.evaluation.measures import MEASURES, told
from parakeet.evaluation.page_examples import examples_section, words_section
from parakeet.evaluation.page_figures import differences_section, figures_section
from parakeet.evaluation.terminal import in_words
from parakeet.evaluation.verdict import FAIR, GOOD, OPEN, POOR, judge
from parakeet.pages.document import make_document, resource
from parakeet.pages.table import table_section

_SIGNS = {"good": "✓", "fair": "!", "poor": "✕", "open": "?"}
_COLUMNS = (
    ("wer_moonshine", "voice", "words wrong %"),
    ("wer_moonshine", "recording", "of recording"),
    ("wer_sphinx", "voice", "known words wrong %"),
    ("dnsmos_overall", "voice", "DNSMOS"),
    ("mcd", "voice", "MCD dB"),
    ("log_f0_rmse", "voice", "pitch semitones"),
    ("voicing_error", "voice", "voicing %"),
    ("phone_duration_error", "voice", "phones ms"),
    ("length_error", "voice", "length %"),
)
"""Measure, condition and heading of the columns of the table of sentences."""


def make_page(report, examples, sample_rate):
    """Lay a report out.

    Args:
        report (dict): as :func:`parakeet.evaluation.report.to_report` makes it.
        examples (list[Example]): to be listened to.
        sample_rate (int): of their sounds, Hz.

    Returns:
        str: a whole HTML document; the same for the same report and sounds.
    """
    parts = [
        _verdict(report),
        figures_section(report),
        differences_section(report),
        examples_section(report, examples, sample_rate),
        words_section(report),
        _sentences(report),
        _how(report),
    ]
    scripts = [resource("parakeet.pages", name) for name in ("players.js", "table.js")]
    styles = [resource("parakeet.evaluation", "report.css")]
    return make_document(f"{report['data']['name']}: report card", parts, " ".join(report["command"]), styles, scripts)


def _verdict(report):
    headline, aspects = judge(report)
    data, voice = report["data"], report["voice"]
    states = {aspect.state for aspect in aspects} - {OPEN}
    state = next((state for state in (POOR, FAIR, GOOD) if state in states), OPEN)
    rows = "".join(
        f'<li class="{a.state}"><span class="mark" aria-label="{a.state}">{_SIGNS[a.state]}</span>'
        f"<b>{a.name}</b><span>{escape(a.words)}</span></li>"
        for a in aspects
    )
    recordings = f", {data['recordings']} recordings" if data["recordings"] else ""
    split = f" of the split “{escape(data['split'])}”" if data["split"] else ""
    facts = f"{data['sentences']} sentences{split}{recordings}"
    vocoder = voice["vocoder"].replace("griffin_lim", "Griffin-Lim")
    return (
        f"<header><h1>{escape(data['name'])} · report card · {escape(voice['acoustic'])} + {escape(vocoder)} · {facts}</h1></header>"
        f'<section class="card verdict {state}"><p class="headline">{escape(headline)}</p><ul class="aspects">{rows}</ul></section>'
    )


def _sentences(report):
    measured = [(name, condition, title) for name, condition, title in _COLUMNS if name in report["measures"]]
    if not report["data"]["recordings"]:
        measured = [column for column in measured if column[1] == "voice"]
    columns = {"sentence": 0, "heard": 0, **{title: MEASURES[name].digits for name, _, title in measured}}
    heard_by = next((name for name in ("moonshine", "sphinx") if name in report["settings"]["measures"]), None)
    rows = []
    for sentence in report["sentences"]:
        heard = " ".join(sentence["heard"].get(heard_by, {}).get("voice", ()))
        values = [sentence["values"].get(condition, {}).get(name) for name, condition, _ in measured]
        rows.append([sentence["text"], heard, *values])
    rows.sort(key=lambda row: -(row[2] or 0.0) if len(row) > 2 else 0.0)
    lead = "What was heard is what the recogniser wrote down of the voice. A click on a heading sorts."
    return table_section("All sentences", columns, rows, "Search all sentences", lead=lead)


def _how(report):
    settings, machine, data = report["settings"], report["machine"], report["data"]
    conditions = "".join(f"<dt>{escape(c['title'])}</dt><dd>{escape(c['meaning'])}</dd>" for c in report["conditions"].values())
    left_out = "".join(f"<li>{escape(line)}</li>" for line in told((out["measures"], out["reason"]) for out in report["left_out"]))
    left_out = f"<h3>Left out</h3><ul>{left_out}</ul>" if left_out else ""
    packages = ", ".join(f"{name} {version}" for name, version in report["packages"].items())
    timed = _circumstances(report["speed"])
    corpus = report["voice"]["corpus"]
    rights = f"<p>The voice was made from {escape(str(corpus['name']))}: {escape(str(corpus['licence']))}.</p>" if corpus else ""
    level = f"{settings['level_lufs']:g} LUFS and {settings['analysis']['sample_rate'] / 1000:g} kHz"
    drawn = f"{100 * settings['confidence']:g} %, bootstrap over sentences, {settings['resamples']} draws, seed {settings['seed']}"
    return (
        "<section><h2>How it was measured</h2><div class='card how'>"
        f"<p>{data['sentences']} of {data['held_out_sentences']} sentences; recordings of one text count as one sentence. "
        f"Everything is listened to at {level}, whatever its own level and rate. Intervals: {drawn}.{escape(timed)}</p>"
        f"<dl>{conditions}</dl>{left_out}{rights}<p class='quiet'>{escape(machine['processor'])}, {machine['cores']} cores, "
        f"Python {machine['python']}, {escape(packages)}. Made {report['made']}.</p></div></section>"
    )


def _circumstances(speed):
    if not speed:
        return ""
    busy = "" if speed["load_average"] is None else f", on a machine with a load of {speed['load_average']:.1f} before"
    return f" Speed: {in_words(speed['threads'])}{busy}; the first sentence took {speed['first_sentence_seconds']:.2f} s."
