"""PlotReport: the log as curves."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from parakeet.errors import RunError
from parakeet.training.extensions import LogReport, PlotReport
from parakeet.training.extensions.plot_report import draw
from parakeet.training.testing import mock_trainer


def polylines(text):
    root = ElementTree.fromstring(text)
    found = root.findall("{http://www.w3.org/2000/svg}polyline")
    return [[tuple(map(float, point.split(","))) for point in line.get("points").split()] for line in found]


def labels(text):
    return re.findall(r">([^<>\n]+)</text>", text)


def test_the_whole_log_is_drawn(tmp_path):
    extensions = [LogReport((1, "iteration")), (PlotReport(["loss", "a<b", "none"], "loss.svg"), (5, "iteration"))]
    mock_trainer(
        (10, "iteration"), out=tmp_path, extensions=extensions, reports=lambda i: {"loss": 10 - i, "a<b": float("nan")}
    ).run()
    text = (tmp_path / "loss.svg").read_text()
    loss, nothing, neither = polylines(text)
    assert (len(loss), nothing, neither) == (10, [], [])
    assert loss[0] == (80.0, 20.0)
    assert loss[-1] == (880.0, 450.0)
    assert {"loss", "a&lt;b", "iteration", "2", "4", "8"} <= set(labels(text))


def test_a_picture_of_nothing_can_be_drawn(tmp_path):
    trainer = mock_trainer((1, "iteration"), out=tmp_path, extensions=[(PlotReport("loss"), (1, "iteration"))])
    trainer.run()
    assert polylines((tmp_path / "plot.svg").read_text()) == [[]]


def test_a_logarithmic_axis_has_powers_of_ten():
    text = draw({"loss": [(1, 100.0), (2, 1.0), (3, 0.01)]}, logarithmic=True)
    assert {"0.01", "0.1", "1", "10", "100"} <= set(labels(text))
    assert polylines(text) == [[(80.0, 20.0), (480.0, 235.0), (880.0, 450.0)]]


@pytest.mark.parametrize("values", [[5.0], [1e-9, 2e-9], [-3e8, 7e8], [0.0, 0.0], [1.0, 1.3]])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_any_range_gets_a_few_ticks_within_the_picture(values, logarithmic):
    if logarithmic and min(values) <= 0:
        values = [abs(value) + 1e-3 for value in values]
    text = draw({"x": list(enumerate(values))}, logarithmic)
    heights = [float(y) for y in re.findall(r'<path d="M80 ([\d.]+)H', text)]
    assert 1 <= len(heights) <= 13
    assert all(19.9 <= y <= 450.1 for y in heights)


def test_values_that_are_not_positive_are_left_out_of_a_logarithmic_picture(tmp_path):
    extensions = [LogReport((1, "iteration")), (PlotReport("loss", logarithmic=True), (3, "iteration"))]
    mock_trainer((3, "iteration"), out=tmp_path, extensions=extensions, reports=lambda i: {"loss": i - 2}).run()
    assert len(polylines((tmp_path / "plot.svg").read_text())[0]) == 1


def test_another_format_is_refused():
    with pytest.raises(RunError, match=r"file_name must end in '\.svg', received 'plot\.png'"):
        PlotReport("loss", "plot.png")
