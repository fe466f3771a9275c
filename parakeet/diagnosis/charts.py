"""Charts as SVG, coloured by the page's style so that they are read in light and dark."""

from html import escape

import numpy as np

WIDTH, HEIGHT, BASE = 320, 132, 104
BINS = 32


def histogram(title, values, unit, limits=(), flagged=None, digits=1):
    """Draw how values are distributed.

    Args:
        title (str): what is counted.
        values (Sequence[float]): one of each recording.
        unit (str): of them.
        limits (Iterable[float]): thresholds to be marked.
        flagged (Callable, optional): whether a value lies on the wrong side.
        digits (int): decimals of the numbers shown.

    Returns:
        str: a figure of HTML; the empty string where there are no values.
    """
    values = np.asarray(values, float)
    if not len(values):
        return ""
    low, high = _range(values)
    counts, edges = np.histogram(np.clip(values, low, high), BINS, (low, high))
    width = WIDTH / BINS
    # Heights by the square root: one outlier among a thousand is still seen.
    heights = np.sqrt(counts / counts.max()) * (BASE - 8)
    bars = []
    for count, height, left, right in zip(counts, heights, edges[:-1], edges[1:], strict=True):
        if not count:
            continue
        bad = flagged is not None and flagged((left + right) / 2)
        x = (left - low) / (high - low) * WIDTH
        said = f"{left:.{digits}f} to {right:.{digits}f} {unit}: {count}"
        bars.append(
            f'<rect class="{"bad" if bad else "bar"}" x="{x + 0.5:.1f}" y="{BASE - height:.1f}" width="{width - 1:.1f}" '
            f'height="{height:.1f}" rx="1.5"><title>{escape(said)}</title></rect>'
        )
    marks = "".join(
        f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{BASE}"/>'
        for limit in limits
        if 0 <= (x := (limit - low) / (high - low) * WIDTH) <= WIDTH
    )
    least, most = ("≤ " if values.min() < low else ""), ("≥ " if values.max() > high else "")
    ticks = "".join(
        f'<text x="{share * WIDTH:.0f}" y="{HEIGHT - 12}" text-anchor="{anchor}">{sign}{low + share * (high - low):.{digits}f}</text>'
        for share, anchor, sign in ((0, "start", least), (0.5, "middle", ""), (1, "end", most))
    )
    middle = f"{np.median(values):.{digits}f} {unit}"
    return (
        f"<figure><figcaption>{escape(title)} <b>{escape(middle)}</b></figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}, median {escape(middle)}">'
        f'{"".join(bars)}<line class="base" x1="0" x2="{WIDTH}" y1="{BASE}" y2="{BASE}"/>{marks}{ticks}</svg></figure>'
    )


def _range(values):
    """From where to where a chart reaches: what lies far out is put into its first or last bar, so that the others stay apart."""
    middle = np.median(values)
    reach = 10 * np.median(np.abs(values - middle))
    low, high = float(values.min()), float(values.max())
    if reach > 0:
        low, high = max(low, float(middle - reach)), min(high, float(middle + reach))
    return (low, high) if high - low > 1e-6 else (low - 0.5, high + 0.5)


def sound_bars(coverage, rare):
    """Draw how often each sound occurs: a small bar each, on a logarithmic scale.

    Args:
        coverage (Coverage): of the corpus.
        rare (int): under which number a sound is marked.

    Returns:
        str: HTML.
    """
    most = max(coverage.counts.values())
    bars = []
    for sound, count in coverage.counts.items():
        share = np.log1p(count) / np.log1p(most)
        state = "missing" if count == 0 else "rare" if count < rare and coverage.complete else "fine"
        bars.append(
            f'<li class="{state}"><span>{escape(sound)}</span><i><b style="width:{100 * share:.0f}%"></b></i><em>{count}</em></li>'
        )
    return f'<ul class="sounds">{"".join(bars)}</ul>'
