"""A table of many rows that can be searched and sorted; its rows are made in the browser."""

import json
from html import escape

MOST_ROWS = 20000
"""Rows in a table: a page stays one that a phone can open."""


def table_section(heading, columns, rows, search, flagged=None, lead=""):
    """Lay out a table. A page has one at most, and ``table.js`` among its scripts.

    Args:
        heading (str): above it.
        columns (dict[str, int]): titles, and how many decimals their numbers have.
        rows (Iterable[list]): a cell for each column: a text, a number, or None; those after :data:`MOST_ROWS` are left out.
        search (str): what the search is for, read to people who don't see it.
        flagged (str, optional): a box beside the search with these words: only rows whose second cell isn't empty.
        lead (str): a sentence under the heading.

    Returns:
        str: HTML.
    """
    shown = [row for row, _ in zip(rows, range(MOST_ROWS), strict=False)]
    heads = [{"title": title, "digits": digits} for title, digits in columns.items()]
    data = json.dumps({"columns": heads, "rows": shown}, ensure_ascii=False, separators=(",", ":"))
    data = data.replace("<", "\\u003c")  # a text must neither end the script nor begin another
    box = f"<label><input id='row-flagged' type='checkbox'> {escape(flagged)}</label>" if flagged is not None else ""
    lead = f"<p class='lead'>{lead}</p>" if lead else ""
    return (
        f"<section><h2>{escape(heading)}</h2>{lead}<div class='controls'>"
        f"<input id='row-search' type='search' placeholder='Search' aria-label='{escape(search)}'>{box}"
        "<span id='row-count' class='where'></span></div>"
        "<div class='card scroll'><table class='rows'><thead><tr id='head'></tr></thead><tbody id='body'></tbody></table>"
        "<button class='more' id='row-more' hidden>Show more</button></div>"
        f"<script type='application/json' id='rows'>{data}</script></section>"
    )
