"""The part of the page that lists every recording with its numbers."""

import json

MOST_ROWS = 20000
"""Recordings in the table: a page stays one that a phone can open."""
COLUMNS = {
    "recording": 0, "found": 0, "seconds": 2, "voice dB": 1, "noise below dB": 1, "kHz": 2, "sounds/s": 1, "fit": 2,
    "split": 0, "speaker": 0,
}  # fmt: skip
"""Headings, and how many decimals their numbers have."""


def table_section(diagnosis):
    """Lay out the table; its rows are made in the browser.

    Args:
        diagnosis (Diagnosis): of a corpus.

    Returns:
        str: HTML.
    """
    columns = [{"title": title, "digits": digits} for title, digits in COLUMNS.items()]
    data = json.dumps({"columns": columns, "rows": list(_rows(diagnosis))}, ensure_ascii=False, separators=(",", ":"))
    data = data.replace("</", "<\\/")  # a text must not end the script
    return (
        "<section><h2>All recordings</h2><div class='controls'>"
        "<input id='row-search' type='search' placeholder='Search' aria-label='Search all recordings'>"
        "<label><input id='row-flagged' type='checkbox'> only with findings</label>"
        "<span id='row-count' class='where'></span></div>"
        "<div class='card scroll'><table><thead><tr id='head'></tr></thead><tbody id='body'></tbody></table>"
        "<button class='more' id='row-more' hidden>Show more</button></div>"
        f"<script type='application/json' id='rows'>{data}</script></section>"
    )


def _rows(diagnosis):
    found = {}
    for finding in diagnosis.findings:
        for case in finding.cases:
            found.setdefault(case.utt_id, {})[finding.check.title] = True
    for u in diagnosis.survey.utterances[:MOST_ROWS]:
        s = u.sound
        numbers = (
            [None] * 4 if s is None else [round(s.seconds, 2), round(s.level, 1), round(s.snr, 1), s.bandwidth / 1000]
        )
        pace = None if u.pace is None else round(u.pace, 1)
        fit = None if u.fit is None or u.fit.score is None else round(u.fit.score, 2)
        yield [u.utt_id, ", ".join(found.get(u.utt_id, ())), *numbers, pace, fit, u.split, u.speaker]
