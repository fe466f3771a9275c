"""The part of the page that lists every recording with its numbers."""

from parakeet.pages.table import MOST_ROWS, table_section

COLUMNS = {
    "recording": 0, "found": 0, "seconds": 2, "voice dB": 1, "noise below dB": 1, "kHz": 2, "sounds/s": 1, "fit": 2,
    "split": 0, "speaker": 0,
}  # fmt: skip
"""Headings, and how many decimals their numbers have."""


def recordings_table(diagnosis):
    """Lay out the table; its rows are made in the browser.

    Args:
        diagnosis (Diagnosis): of a corpus.

    Returns:
        str: HTML.
    """
    return table_section("All recordings", COLUMNS, _rows(diagnosis), "Search all recordings", "only with findings")


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
