import os
import time

import pytest

from parakeet.probes import repeat, run_probe


@pytest.fixture
def target(tmp_path, monkeypatch):
    """Make a module with a function ``probe`` of a given body and name it as run_probe wants it."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(body):
        (tmp_path / "made_probe.py").write_text(f"import os, signal, sys, time\n\n\ndef probe():\n    {body}\n")
        return "made_probe:probe"

    return make


def test_the_answer_comes_back_even_if_something_else_is_printed(target):
    outcome = run_probe(target("print('hello'); return {'a': [1, 2.5]}"))
    assert outcome == ({"a": [1, 2.5]}, None)


def test_the_process_sees_the_given_environment_and_no_other(target):
    body = "return [os.environ.get('PARROT'), os.environ.get('HOME_OF_PARROT')]"
    os.environ["HOME_OF_PARROT"] = "wood"
    try:
        assert run_probe(target(body), {"PARROT": "1"}).values == ["1", None]
        assert run_probe(target(body)).values == [None, "wood"]
    finally:
        del os.environ["HOME_OF_PARROT"]


def test_an_exception_becomes_its_last_line(target):
    assert run_probe(target("raise ValueError('no such parrot')")) == (None, "ValueError: no such parrot")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SIGILL", "the process died of SIGILL (an instruction this processor doesn't have)"),
        ("SIGSEGV", "the process died of SIGSEGV"),
    ],
)
def test_a_crash_is_reported_and_does_not_crash_the_caller(target, name, sentence):
    assert run_probe(target(f"os.kill(os.getpid(), signal.{name})")) == (None, sentence)


def test_a_silent_exit_is_named_by_its_code(target):
    assert run_probe(target("os._exit(7)")) == (None, "the process ended with code 7")


def test_a_process_that_hangs_is_ended(target):
    start = time.perf_counter()
    assert run_probe(target("time.sleep(60)"), timeout=0.5) == (None, "did not finish within 0.5 s")
    assert time.perf_counter() - start < 10


def test_repeating_warms_up_and_runs_at_least_so_often():
    calls = []
    seconds = repeat(lambda: calls.append(1), budget=0.0, at_least=5)
    assert (len(calls), len(seconds)) == (7, 5)
    assert all(s >= 0 for s in seconds)


def test_repeating_spends_its_budget():
    assert 3 <= len(repeat(lambda: time.sleep(0.01), budget=0.1, at_least=1)) <= 10
