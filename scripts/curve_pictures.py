"""Draw the curves of the runs of docs/guides/own-voice.md: ``python scripts/curve_pictures.py ACOUSTIC VOCODER FOLDER``.

ACOUSTIC and VOCODER are runs. It leaves ``curves-acoustic.png`` and ``curves-vocoder.png`` in FOLDER (docs/pictures). Needs matplotlib.
"""

import json
import sys
from pathlib import Path

import numpy as np
import yaml

TRAINED, HELD_OUT, GENERATOR, JUDGES = "#9ecae1", "#08519c", "#cb181d", "#238b45"
THIN, SMOOTH = {"linewidth": 0.6, "alpha": 0.6}, 9


def read_log(run):
    """The records of a run's log."""
    return [json.loads(line) for line in (Path(run) / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def column(records, name):
    """Iterations and values of what has that name."""
    found = [(record["iteration"], record[name]) for record in records if name in record]
    return np.array(found).reshape(-1, 2).T


def smoothed(values):
    """The means of each value and its neighbours."""
    width = min(SMOOTH, len(values))
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")


def draw(axes, records, name, colour, label):
    """A training loss: thin as it is, thick as it goes."""
    iterations, values = column(records, name)
    axes.plot(iterations, values, color=colour, **THIN)
    axes.plot(iterations, smoothed(values), color=colour, linewidth=1.6, label=label)


def finish(axes, title, bottom, top):
    """Label a panel."""
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("iteration")
    axes.set_ylim(bottom, top)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    axes.legend(fontsize=8, frameon=False)


def draw_acoustic(figure, run):
    """Losses in training and on what is held out."""
    records = read_log(run)
    for axes, name, top in zip(figure.subplots(1, 3), ("mel_loss", "duration_loss", "pitch_loss"), (0.8, 0.12, 0.4), strict=True):
        draw(axes, records, name, TRAINED, "training")
        axes.plot(*column(records, f"valid/{name}"), color=HELD_OUT, linewidth=1.8, label="held out")
        finish(axes, name, 0.25 if name == "mel_loss" else 0, top)


def draw_vocoder(figure, run):
    """Distances, and the game against the discriminators."""
    records = read_log(run)
    panels = figure.subplots(1, 3, sharex=True)
    for axes, name, bottom, top in zip(panels[:2], ("mel_loss", "spectral_loss"), (0.15, 0.8), (0.6, 1.4), strict=True):
        draw(axes, records, name, TRAINED, "training")
        axes.plot(*column(records, f"valid/{name}"), "o-", color=HELD_OUT, markersize=4, label="held out")
        finish(axes, name, bottom, top)
    draw(panels[2], records, "adversarial_loss", GENERATOR, "vocoder: adversarial_loss")
    draw(panels[2], list(judgements(records)), "mean", JUDGES, "discriminators: their mean loss")
    finish(panels[2], "one against the others", 0, 4)
    for iteration, text in turns(run):
        for axes in panels:
            mark(axes, iteration, text)


def turns(run):
    """Where something became another: the discriminators' beginning, and resumes with other settings."""
    config = yaml.safe_load((Path(run) / "config.yaml").read_text(encoding="utf-8"))
    yield config["discriminators"]["start"], "discriminators"
    for resumed in json.loads((Path(run) / "run.json").read_text(encoding="utf-8")).get("resumed", []):
        if resumed["changes"]:
            yield resumed["iteration"], "other settings"


def judgements(records):
    """The mean loss of the discriminators, where there are such."""
    for record in records:
        losses = [record[name] for name in record if name.startswith(("spectrum_", "period_")) and name.endswith("_loss")]
        if losses:
            yield {"iteration": record["iteration"], "mean": np.mean(losses)}


def mark(axes, iteration, text):
    """A line where something begins."""
    axes.axvline(iteration, color="#555555", linewidth=0.8, linestyle="--")
    place = {"xycoords": ("data", "axes fraction"), "xytext": (2, 0), "textcoords": "offset points"}
    axes.annotate(text, (iteration, 0.02), va="bottom", fontsize=7, color="#555555", **place)


def main(acoustic, vocoder, folder):
    """Write both pictures."""
    from matplotlib.figure import Figure

    for name, drawing, run in (("acoustic", draw_acoustic, acoustic), ("vocoder", draw_vocoder, vocoder)):
        figure = Figure(figsize=(11, 3.2), layout="constrained", facecolor="white")
        drawing(figure, run)
        figure.savefig(Path(folder) / f"curves-{name}.png", dpi=90)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
