"""PrintReport: what LogReport wrote, in columns."""

import io

import pytest

from parakeet.training.extensions import LogReport, PrintReport
from parakeet.training.testing import mock_trainer


def printed(tmp_path, reports, order=None, **options):
    stream = io.StringIO()
    extensions = [LogReport((2, "iteration")), PrintReport(stream=stream, **options)]
    mock_trainer((6, "iteration"), out=tmp_path, extensions=extensions[::order], reports=reports).run()
    return stream.getvalue().splitlines()


def test_each_row_is_printed_once_under_one_head(tmp_path):
    assert printed(tmp_path, lambda i: {"loss": i / 3}) == [
        "iteration      epoch  elapsed_time       loss",
        "        2        0.2             0        0.5",
        "        4        0.4             0     1.1667",
        "        6        0.6             0     1.8333",
    ]


def test_a_row_is_printed_in_its_iteration_whatever_the_order_of_registration(tmp_path):
    assert printed(tmp_path, lambda i: {"loss": i / 3}, order=-1)[-1] == "        6        0.6             0     1.8333"


def test_other_columns_get_a_head_of_their_own(tmp_path):
    lines = printed(tmp_path, lambda i: {"loss": i} if i < 4 else {"loss": i, "valid/loss": float("nan")})
    assert lines[0].split() == ["iteration", "epoch", "elapsed_time", "loss"]
    assert lines[2].split() == ["iteration", "epoch", "elapsed_time", "loss", "valid/loss"]
    assert lines[-1].split()[-1] == "nan"
    assert len(lines) == 5


def test_chosen_columns_may_be_empty(tmp_path):
    lines = printed(tmp_path, lambda i: {"loss": i}, keys=["iteration", "loss", "valid/loss"])
    assert lines[0].split() == ["iteration", "loss", "valid/loss"]
    assert lines[1].split() == ["2", "1.5"]


def test_a_log_report_of_another_name_has_to_be_named(tmp_path):
    with pytest.raises(ValueError, match="there is no extension 'Log'"):
        printed(tmp_path, None, log_report="Log")
