"""The diagnosis as one page of HTML: nothing is loaded from anywhere, sounds and pictures are inside it."""

from html import escape

from parakeet.diagnosis.charts import histogram, sound_bars
from parakeet.diagnosis.checks.consistency import NARROW, usual_bandwidth
from parakeet.diagnosis.checks.recordings import NOISY
from parakeet.diagnosis.checks.texts import least_score
from parakeet.diagnosis.clips import make_clips
from parakeet.diagnosis.coverage import RARE
from parakeet.diagnosis.findings import FIX, LISTEN, NOTE, in_words
from parakeet.diagnosis.page_clips import clips_section
from parakeet.diagnosis.page_table import recordings_table
from parakeet.pages.document import make_document, resource

MOST_CASES = 50
"""How many cases a finding lists; the table has them all."""
UNFOLDED = 3
"""How many of the findings to be mended are open at first."""
_SIGNS = {"good": "✓", "fair": "!", "poor": "✕", "open": "?"}
_HEADINGS = {
    FIX: (
        "Mend first",
        "What keeps recordings from being used, or would be learnt as part of the voice. What concerns most speech comes first.",
    ),
    LISTEN: (
        "Listen to these",
        "They stand out from what speech, or this corpus, usually is. Only an ear can say whether it harms.",
    ),
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
    parts = [
        _verdict(diagnosis),
        _findings(diagnosis, clips, (FIX, LISTEN)),
        clips_section(diagnosis, clips),
        _charts(survey),
        _sounds(diagnosis.coverage),
        _findings(diagnosis, clips, (NOTE,)),
        recordings_table(diagnosis),
    ]
    return make_document(
        f"{survey.name}: data doctor",
        parts,
        f"parakeet doctor {survey.directory}",
        [resource("parakeet.diagnosis", "page.css")],
        [
            resource("parakeet.diagnosis", "page.js"),
            *(resource("parakeet.pages", name) for name in ("players.js", "table.js")),
        ],
    )


def _verdict(diagnosis):
    survey, verdict = diagnosis.survey, diagnosis.verdict
    aspects = "".join(
        f'<li class="{a.state}"><span class="mark" aria-label="{a.state}">{_SIGNS[a.state]}</span>'
        f"<b>{a.name}</b><span>{escape(a.words)}</span></li>"
        for a in verdict.aspects
    )
    seconds = sum(u.sound.seconds for u in survey.utterances if u.sound is not None)
    facts = (
        f"{len(survey.utterances)} recordings, {in_words(seconds)}"
        if seconds
        else f"{len(survey.utterances)} utterances"
    )
    what = "prepared data" if survey.prepared else "corpus"
    return (
        f"<header><h1>{escape(survey.name)} · {what} · {facts} · {escape(survey.language)}</h1></header>"
        f'<section class="card verdict {verdict.state}"><p class="headline">{escape(verdict.headline)}</p>'
        f'<ul class="aspects">{aspects}</ul></section>'
    )


def _findings(diagnosis, clips, grades):
    heard = {finding.check.name for clip in clips for finding, _ in clip.cases}
    parts = []
    for grade in grades:
        heading, lead = _HEADINGS[grade]
        findings = [f for f in diagnosis.findings if f.check.grade == grade]
        if findings:
            cards = "".join(
                _finding(finding, place, finding.check.name in heard) for place, finding in enumerate(findings, 1)
            )
            parts.append(
                f"<section><h2>{heading}</h2><p class='lead'>{lead}</p><div class='card findings'>{cards}</div></section>"
            )
        elif grade == FIX:
            parts.append(f"<section><h2>{heading}</h2><p class='card empty'>Nothing has to be mended.</p></section>")
    return "\n".join(parts)


def _finding(finding, place, can_listen):
    check = finding.check
    shown = finding.cases[:MOST_CASES]
    cases = "".join(f'<li><span class="name">{escape(case.utt_id)}</span> {escape(case.detail)}</li>' for case in shown)
    more = len(finding.cases) - MOST_CASES
    cases += f"<li>and {more} more: the table at the end names them all</li>" if more > 0 else ""
    listen = (
        f'<dt>Hear it</dt><dd><a href="#listen" data-listen="{check.name}">listen to the worst of them</a></dd>'
        if can_listen
        else ""
    )
    unfolded = " open" if check.grade == FIX and place <= UNFOLDED else ""
    return (
        f'<details class="finding {check.grade}" id="{check.name}"{unfolded}><summary><span class="place">{place}</span>'
        f'<span class="title">{escape(check.title)}</span><span class="extent">{finding.extent}</span></summary>'
        f"<dl><dt>Why it matters</dt><dd>{escape(check.why)}</dd><dt>What to do</dt><dd>{escape(check.remedy)}</dd>{listen}"
        f"<dt>Which ones</dt><dd><ul class='cases'>{cases}</ul></dd></dl></details>"
    )


def _charts(survey):
    heard, least, usual = survey.heard, least_score(survey), usual_bandwidth(survey)
    fits = [u.fit.score for u in survey.utterances if u.fit is not None and u.fit.score is not None]
    limits = () if least is None else (least,)
    charts = (
        histogram("Length", [u.sound.seconds for u in heard], "s"),
        histogram("Level of the voice", [u.sound.level for u in heard], "dB"),
        histogram("Noise under the voice", [u.sound.snr for u in heard], "dB", (NOISY,), lambda v: v < NOISY),
        histogram(
            "Sound up to", [u.sound.bandwidth / 1000 for u in heard], "kHz", (), lambda v: v < NARROW * usual / 1000, 2
        ),
        histogram("Pace", [u.pace for u in heard if u.pace is not None], "sounds/s"),
        histogram("Fit of recording and text", fits, "nats", limits, lambda v: least is not None and v < least, 2),
    )
    if not any(charts):
        return ""
    lead = (
        "One bar is a range of values, the bold number the middle one. Heights grow with the root of the number, so that single "
        "outliers are seen; what a check names is red."
    )
    return f"<section><h2>The recordings at a glance</h2><p class='lead'>{lead}</p><div class='charts'>{''.join(charts)}</div></section>"


def _sounds(coverage):
    if coverage is None:
        return ""
    known = (
        f"Fewer than {RARE} times is rare." if coverage.complete else "Which others the language has is not known here."
    )
    lead = f"How often each occurs in what is trained on; {coverage.pairs} different pairs of neighbours do. {known}"
    advice = ""
    if coverage.sentences:
        words = "; ".join(f"{sound}: {', '.join(words)}" for sound, words in coverage.examples.items() if words)
        sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in coverage.sentences)
        advice = (
            "<details class='card advice'><summary>What to record for the rare and missing ones</summary>"
            f"<p>Words with them: {escape(words)}.</p><ol>{sentences}</ol></details>"
        )
    bars = sound_bars(coverage, RARE)
    return f"<section><h2>Sounds of the language</h2><p class='lead'>{lead}</p><div class='card'>{bars}</div>{advice}</section>"
