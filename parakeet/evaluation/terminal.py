"""The report card on a terminal: one table, from the report's json alone."""

from parakeet.evaluation.measures import MEASURES, told

TITLE, WIDTH = 39, 21
"""Columns of the first cell and of the others."""
HEADLINES = (
    ("wer_moonshine", "voice", "recording"),
    ("dnsmos_overall", "voice", "griffin_lim"),
    ("dnsmos_overall", "copy", "griffin_lim"),
    ("pesq", "copy", "griffin_lim"),
)
"""Differences that are asked for most; the page has them all."""


def render(report):
    """Lay out a report.

    Args:
        report (dict): as :func:`parakeet.evaluation.report.to_report` makes it.

    Returns:
        str: a line for each figure, a column for each condition; differences; what was left out.
    """
    data, conditions = report["data"], report["conditions"]
    shown = [name for name in conditions if any(name in measure["conditions"] for measure in report["measures"].values())]
    recordings = f", {data['recordings']} recordings" if data["recordings"] else ""
    lines = [f"{data['name']}: {data['sentences']} sentences{recordings}; 95 % intervals in brackets", ""]
    lines.append((" " * TITLE + "".join(f"{conditions[name]['title']:<{WIDTH}}" for name in shown)).rstrip())
    for name, measure in report["measures"].items():
        unit = f", {measure['unit']}" if measure["unit"] else ""
        figures = (measure["conditions"].get(condition) for condition in shown)
        cells = "".join(f"{'-' if figure is None else show(figure, MEASURES[name].digits):<{WIDTH}}" for figure in figures)
        lines.append(f"{measure['title'] + unit:<{TITLE}}{cells}".rstrip())
    lines += _differences(report)
    if report["speed"]:
        speed = report["speed"]
        lines += ["", f"Timed with {in_words(speed['threads'])}; the first sentence took {speed['first_sentence_seconds']:.2f} s."]
    left_out = [(out["measures"], out["reason"]) for out in report["left_out"]]
    lines += ["", *(f"Left out: {line}" for line in told(left_out))] if left_out else []
    return "\n".join(lines)


def _differences(report):
    lines = []
    for name, one, other in HEADLINES:
        for found in report["measures"].get(name, {}).get("differences", ()):
            if (found["of"], found["less"]) == (one, other):
                titles = " - ".join(report["conditions"][end]["title"] for end in (one, other))
                lines.append(f"{report['measures'][name]['title']}, {titles}: {show(found, MEASURES[name].digits, sign=True)}")
    return ["", *lines] if lines else []


def show(figure, digits, sign=False):
    """str: a figure with its interval; with ``sign``, plus or minus before each number."""
    mark = "+" if sign else ""
    interval = "" if figure["low"] is None else f" [{figure['low']:{mark}.{digits}f}, {figure['high']:{mark}.{digits}f}]"
    return f"{figure['value']:{mark}.{digits}f}{interval}"


def in_words(threads):
    """str: how many threads."""
    return "one thread" if threads == 1 else f"{threads} threads"
