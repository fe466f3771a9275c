"""The diagnosis as one page of HTML: nothing is loaded from anywhere, sounds and pictures are inside it."""

import json
from html import escape
from importlib import resources

import parakeet
from parakeet.diagnosis.charts import histogram, sound_bars
from parakeet.diagnosis.checks.consistency import usual_bandwidth
from parakeet.diagnosis.checks.recordings import NOISY
from parakeet.diagnosis.checks.texts import least_score
from parakeet.diagnosis.clips import make_clips
from parakeet.diagnosis.coverage import RARE
from parakeet.diagnosis.findings import FIX, LISTEN, NOTE
from parakeet.diagnosis.verdict import in_words

MOST_CASES, MOST_ROWS = 50, 20000
"""How many cases a finding lists, and how many recordings the table: a page stays one that a phone can open."""
_SIGNS = {"good": "✓", "fair": "!", "poor": "✕"}
_HEADINGS = {
    FIX: ("Mend first", "What keeps recordings from being used, or would be learnt as part of the voice. What concerns most speech comes first."),
    LISTEN: ("Listen to these", "They stand out from what speech, or this corpus, usually is. Only an ear can say whether it harms."),
    NOTE: ("Good to know", "Nothing is wrong with these recordings."),
}


def make_page(diagnosis):
    """Lay a diagnosis out.

    Args:
        diagnosis (Diagnosis): of a corpus or of prepared data.

    Returns:
        str: a whole HTML document; the same for the same diagnosis.
    """
    survey = diagnosis.survey
    clips = make_clips(diagnosis)
    title = f"{survey.name}: data doctor"
    parts = [_verdict(diagnosis), _findings(diagnosis, clips), _charts(survey), _sounds(diagnosis.coverage), _listen(diagnosis, clips), _table(diagnosis)]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_resource('page.css')}</style></head>\n<body><main>\n"
        + "\n".join(part for part in parts if part)
        + f"\n<footer>Made by <code>parakeet doctor {escape(str(survey.directory))}</code>, parakeet {parakeet.__version__}. "
        f"This page holds all it shows; it loads nothing.</footer></main>\n<script>{_resource('page.js')}</script></body></html>\n"
    )


def _resource(name):
    return resources.files("parakeet.diagnosis").joinpath("resources", name).read_text(encoding="utf-8")


def _verdict(diagnosis):
    survey, verdict = diagnosis.survey, diagnosis.verdict
    aspects = "".join(
        f'<li class="{a.state}"><span class="mark" aria-label="{a.state}">{_SIGNS[a.state]}</span><b>{a.name}</b><span>{escape(a.words)}</span></li>'
        for a in verdict.aspects
    )
    seconds = sum(u.sound.seconds for u in survey.utterances if u.sound is not None)
    facts = f"{len(survey.utterances)} recordings, {in_words(seconds)}" if seconds else f"{len(survey.utterances)} utterances"
    what = "prepared data" if survey.prepared else "corpus"
    return (
        f"<header><h1>{escape(survey.name)} · {what} · {facts} · {escape(survey.language)}</h1></header>"
        f'<section class="card verdict {verdict.state}"><p class="headline">{escape(verdict.headline)}</p><ul class="aspects">{aspects}</ul></section>'
    )


def _findings(diagnosis, clips):
    shown = {finding.check.name for clip in clips for finding, _ in clip.cases}
    parts = []
    for grade, (heading, lead) in _HEADINGS.items():
        findings = [f for f in diagnosis.findings if f.check.grade == grade]
        if findings:
            cards = "".join(_finding(finding, place, finding.check.name in shown) for place, finding in enumerate(findings, 1))
            parts.append(f"<section><h2>{heading}</h2><p class='lead'>{lead}</p>{cards}</section>")
        elif grade == FIX:
            parts.append(f"<section><h2>{heading}</h2><p class='card empty'>Nothing has to be mended.</p></section>")
    return "\n".join(parts)


def _finding(finding, place, can_listen):
    check = finding.check
    cases = "".join(f'<li><span class="name">{escape(c.utt_id)}</span> {escape(c.detail)}</li>' for c in finding.cases[:MOST_CASES])
    more = len(finding.cases) - MOST_CASES
    cases += f"<li>and {more} more: the table at the end has them all</li>" if more > 0 else ""
    listen = f' · <a href="#listen" data-listen="{check.name}">listen</a>' if can_listen else ""
    n = len({case.utt_id for case in finding.cases})
    return (
        f'<article class="card finding {check.grade}" id="{check.name}"><div class="place">{place}</div><div>'
        f"<h3>{escape(check.title)}</h3><p class='where'>{n} recording{'s' if n > 1 else ''}, {in_words(finding.seconds)}{listen}</p>"
        f"<dl><dt>Why it matters</dt><dd>{escape(check.why)}</dd><dt>What to do</dt><dd>{escape(check.remedy)}</dd></dl>"
        f"<details><summary>Which ones</summary><ul class='cases'>{cases}</ul></details></div></article>"
    )


def _charts(survey):
    heard, least, usual = survey.heard, least_score(survey), usual_bandwidth(survey)
    fits = [u.fit.score for u in survey.utterances if u.fit is not None and u.fit.score is not None]
    paces = [len(u.reading.phones) / u.sound.speech_seconds for u in heard if u.reading is not None and u.reading.phones and u.sound.speech_seconds > 0]
    charts = [
        histogram("Length", [u.sound.seconds for u in heard], "s"),
        histogram("Level of the voice", [u.sound.level for u in heard], "dB"),
        histogram("Noise under the voice", [u.sound.snr for u in heard], "dB", (NOISY,), lambda v: v < NOISY),
        histogram("Sound up to", [u.sound.bandwidth / 1000 for u in heard], "kHz", (), lambda v: v < 0.8 * usual / 1000, 2),
        histogram("Pace", paces, "sounds/s"),
        histogram("Fit of recording and text", fits, "nats", (() if least is None else (least,)), lambda v: least is not None and v < least, 2),
    ]
    charts = "".join(charts)
    lead = "One bar is a range of values, the bold number the middle one; heights grow with the root of the number, so that single outliers are seen."
    return f"<section><h2>The recordings at a glance</h2><p class='lead'>{lead}</p><div class='charts'>{charts}</div></section>" if charts else ""


def _sounds(coverage):
    if coverage is None:
        return ""
    lead = (
        f"How often each sound occurs in what is trained on, and {coverage.pairs} different pairs of neighbours. "
        + (f"Fewer than {RARE} times is rare." if coverage.complete else "Which sounds the language has beside these is not known here.")
    )
    advice = ""
    if coverage.sentences:
        words = "; ".join(f"{sound}: {', '.join(examples)}" for sound, examples in coverage.examples.items() if examples)
        sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in coverage.sentences)
        advice = f"<details class='card' style='margin-top:12px;padding:14px 20px'><summary>What to record for the rare and missing ones</summary><p>Words: {escape(words)}.</p><ol class='sentences'>{sentences}</ol></details>"
    return f"<section><h2>Sounds of the language</h2><p class='lead'>{lead}</p><div class='card'>{sound_bars(coverage, RARE)}</div>{advice}</section>"


def _listen(diagnosis, clips):
    if not clips:
        return ""
    present = {finding.check.name for clip in clips for finding, _ in clip.cases}
    chips = "".join(
        f'<button class="{f.check.grade}" data-check="{f.check.name}" aria-pressed="false">{escape(f.check.title)}</button>'
        for f in diagnosis.findings
        if f.check.name in present
    )
    cards = "".join(_clip(place, clip) for place, clip in enumerate(clips))
    return (
        "<section id='listen'><h2>Listen and look</h2><p class='lead'>The worst of each finding, as they are. A red line marks the place meant. "
        "The picture goes up to the highest frequency the file could hold.</p>"
        "<div class='controls'><input id='clip-search' type='search' placeholder='Search names and texts' aria-label='Search names and texts'>"
        "<select id='clip-order' aria-label='Order'><option value='place'>what matters most first</option><option value='name'>by name</option>"
        "<option value='seconds'>shortest first</option></select></div>"
        f"<div class='chips'><button data-check='' aria-pressed='true'>all</button>{chips}</div>"
        f"<div class='clips' id='clips'>{cards}</div><p class='card empty' id='no-clip' hidden>None of the clips fits.</p></section>"
    )


def _clip(place, clip):
    u = clip.utterance
    found = "".join(f'<li><span class="pill {f.check.grade}">{escape(f.check.title)}</span> {escape(_detail(u, case))}</li>' for f, case in clip.cases)
    checks = " ".join(dict.fromkeys(f.check.name for f, _ in clip.cases))
    sound = "<p class='silent'>The recording can't be played.</p>"
    if clip.audio:
        marks = {case.at for _, case in clip.cases if case.at is not None and clip.start <= case.at <= clip.start + clip.seconds}
        lines = "".join(f'<hr style="left:{100 * (at - clip.start) / clip.seconds:.1f}%">' for at in sorted(marks))
        part = f", from {clip.start:.1f} s" if clip.start > 0 else ""
        sound = (
            f'<div class="spectrum"><img src="{clip.picture}" alt="spectrum of {escape(u.utt_id)}" loading="lazy"><small>{clip.top / 1000:g} kHz</small>{lines}</div>'
            f'<audio controls preload="none" src="{clip.audio}"></audio><p class="silent">{clip.seconds:.1f} s{part} · {escape(u.split)} · {escape(u.speaker)}</p>'
        )
    said = escape(f"{u.utt_id} {u.text}".lower(), quote=True)
    return (
        f'<article class="card clip" data-place="{place}" data-name="{escape(u.utt_id)}" data-seconds="{clip.seconds:.3f}" data-checks="{checks}" data-text="{said}">'
        f'<p class="name">{escape(u.utt_id)}</p><p class="says">{escape(u.text)}</p>{sound}<ul>{found}</ul></article>'
    )


def _detail(utterance, case):
    """Words for either of a pair."""
    return case.detail if case.utt_id == utterance.utt_id else f"see {case.utt_id}"


COLUMNS = (
    ("recording", 0), ("seconds", 2), ("voice dB", 1), ("noise below dB", 1), ("kHz", 2), ("sounds/s", 1), ("fit", 2), ("split", 0), ("speaker", 0), ("found", 0),
)  # fmt: skip


def _rows(diagnosis):
    found = {}
    for finding in diagnosis.findings:
        for case in finding.cases:
            found.setdefault(case.utt_id, []).append(finding.check.title)
    for u in diagnosis.survey.utterances[:MOST_ROWS]:
        s = u.sound
        numbers = [None] * 4 if s is None else [round(s.seconds, 2), round(s.level, 1), round(s.snr, 1), s.bandwidth / 1000]
        pace = None
        if s is not None and u.reading is not None and u.reading.phones and s.speech_seconds > 0:
            pace = round(len(u.reading.phones) / s.speech_seconds, 1)
        fit = None if u.fit is None or u.fit.score is None else round(u.fit.score, 2)
        yield [u.utt_id, *numbers, pace, fit, u.split, u.speaker, ", ".join(dict.fromkeys(found.get(u.utt_id, [])))]


def _table(diagnosis):
    columns = [{"title": title, "digits": digits} for title, digits in COLUMNS]
    data = json.dumps({"columns": columns, "rows": list(_rows(diagnosis))}, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return (
        "<section><h2>All recordings</h2><div class='controls'><input id='row-search' type='search' placeholder='Search' aria-label='Search all recordings'>"
        "<label><input id='row-flagged' type='checkbox' style='min-height:0;flex:none'> only with findings</label><span id='row-count' class='where'></span></div>"
        "<div class='card scroll'><table><thead><tr id='head'></tr></thead><tbody id='body'></tbody></table>"
        "<button class='more' id='row-more' hidden>Show more</button></div>"
        f"<script type='application/json' id='rows'>{data}</script></section>"
    )
