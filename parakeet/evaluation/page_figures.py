"""The part of the page with the figures: a dot and an interval for each condition, and the differences between them."""

from html import escape

from parakeet.evaluation.conditions import CONDITIONS, WRONG_TEXT
from parakeet.evaluation.measures import MEASURES
from parakeet.evaluation.terminal import show
from parakeet.evaluation.verdict import better

SECTIONS = (
    ("Is it understood?", "Recognisers write down what they hear.", ("moonshine", "sphinx")),
    ("Does it sound good?", "Models of listeners give marks; none knows what is said.", ("dnsmos", "pesq")),
    (
        "How near is it to the recordings?",
        "A voice may differ and be good: people never say a thing twice alike.",
        ("spectrum", "pitch", "timing"),
    ),
    ("How fast is it?", "Seconds of work for each second of sound, from text.", ("speed",)),
)
FAR = 1.5
"""A wrong text that lies this many spans of the others beyond them is drawn at the edge: the others are to be told apart."""


def figures_section(report):
    """Lay out the figures.

    Args:
        report (dict): as :func:`parakeet.evaluation.report.to_report` makes it.

    Returns:
        str: HTML.
    """
    parts = []
    for heading, lead, groups in SECTIONS:
        shown = [name for name in report["measures"] if MEASURES[name].group in groups]
        if shown:
            cards = "".join(_card(name, report) for name in shown)
            parts.append(f"<section><h2>{heading}</h2><p class='lead'>{lead}</p><div class='charts'>{cards}</div></section>")
    return "\n".join(parts)


def _card(name, report):
    measure, figures = MEASURES[name], report["measures"][name]["conditions"]
    low, high = _range(figures)
    rows = "".join(_row(condition, figures[condition], low, high, measure.digits) for condition in figures)
    unit = f" <small>{escape(measure.unit)}</small>" if measure.unit else ""
    way = "more is better" if measure.higher_is_better else "less is better"
    ends = "".join(f"<small>{end:.{measure.digits}f}</small>" for end in (low, high))
    return (
        f"<figure><figcaption><b>{escape(measure.title)}{unit}</b><span>{way}</span></figcaption>"
        f"<ul class='dots'>{rows}<li class='ends'><span></span><i>{ends}</i></li></ul>"
        f"<p class='quiet'>{escape(measure.meaning[0].upper() + measure.meaning[1:])}.</p></figure>"
    )


def _row(condition, figure, low, high, digits):
    def place(value):
        return 100 * min(max((value - low) / (high - low), 0.0), 1.0)

    interval = ""
    if figure["low"] is not None:
        left, right = place(figure["low"]), place(figure["high"])
        interval = f'<u style="left:{left:.1f}%;width:{right - left:.1f}%"></u>'
    beyond = "beyond" if not low <= figure["value"] <= high else ""
    title = escape(CONDITIONS[condition].title)
    ends = "" if figure["low"] is None else f"<small>{figure['low']:.{digits}f} – {figure['high']:.{digits}f}</small>"
    return (
        f'<li class="{condition} {beyond}" title="{title}: {escape(show(figure, digits).strip())}, {figure["n"]} sentences">'
        f'<span>{title}</span><i>{interval}<b style="left:{place(figure["value"]):.1f}%"></b></i>'
        f"<em>{figure['value']:.{digits}f}{ends}</em></li>"
    )


def _range(figures):
    """From where to where the dots reach: around all but a wrong text, and around that too where it isn't far."""

    def span(chosen):
        ends = [figure[end] for figure in chosen for end in ("value", "low", "high") if figure[end] is not None]
        return min(ends), max(ends)

    low, high = span([figure for condition, figure in figures.items() if condition != WRONG_TEXT] or list(figures.values()))
    all_low, all_high = span(figures.values())
    width = max(high - low, 1e-9)
    if all_high - high <= FAR * width and low - all_low <= FAR * width:
        low, high = all_low, all_high
    margin = 0.06 * max(high - low, 1e-6)
    return (max(0.0, low - margin) if low >= 0 else low - margin), high + margin


def differences_section(report):
    """Lay out which conditions can be told apart.

    Args:
        report (dict): as for :func:`figures_section`.

    Returns:
        str: HTML; empty without differences.
    """
    told = {name: _by_pair(measure) for name, measure in report["measures"].items()}
    pairs = list(dict.fromkeys(pair for found in told.values() for pair in found))
    if not pairs:
        return ""
    heads = "".join(f"<th>{CONDITIONS[one].title} − {CONDITIONS[other].title}</th>" for one, other in pairs)
    rows = "".join(_difference_row(MEASURES[name], found, pairs) for name, found in told.items() if found)
    lead = (
        "Sentence by sentence, the first less the second, with 95 % intervals. Green is better, red is worse; grey can't be told, "
        "because the interval holds 0."
    )
    return (
        f"<section><h2>What can be told apart</h2><p class='lead'>{lead}</p><div class='card scroll'><table class='rows differences'>"
        f"<thead><tr><th>figure</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _by_pair(measure):
    """Differences by pair; that a voice isn't a wrong text's needs no telling."""
    return {(d["of"], d["less"]): d for d in measure["differences"] if d["less"] != WRONG_TEXT}


def _difference_row(measure, found, pairs):
    cells = []
    for pair in pairs:
        difference = found.get(pair)
        if difference is None:
            cells.append("<td>–</td>")
            continue
        state = {True: "good", False: "poor", None: "unclear"}[better(difference, measure.higher_is_better)]
        value, *interval = show(difference, measure.digits, sign=True).split(maxsplit=1)
        cells.append(f'<td class="{state}"><b>{value}</b> <small>{"".join(interval)}</small></td>')
    unit = f" <small>{escape(measure.unit)}</small>" if measure.unit else ""
    return f"<tr><td>{escape(measure.title)}{unit}</td>{''.join(cells)}</tr>"
