"""The checks of the models, and the command that tells them."""

import re

import pytest
from click.testing import CliRunner

import parakeet.verification
from parakeet.cli import cli
from parakeet.verification import checks_of, verified_models
from parakeet.verification.check import Check, run_check

QUICK = [pytest.param(check, id=f"{model}: {check.name}") for model in verified_models() for check in checks_of(model) if check.quick]


def run(*arguments):
    return CliRunner().invoke(cli, ["verify", *arguments])


@pytest.mark.parametrize("check", QUICK)
def test_a_quick_check_holds(check):
    verdict = run_check(check)
    assert verdict.holds, f"expected {check.promise}, measured {verdict.measured} ({check.source})"


@pytest.mark.parametrize("model", verified_models())
def test_the_checks_of_a_model_have_names_of_their_own_and_sources(model):
    checks = checks_of(model)
    assert len({check.name for check in checks}) == len(checks) > 0
    assert all(check.source for check in checks)


@pytest.mark.parametrize(
    ("expected", "measured", "options", "holds"),
    [
        (3, 3, {}, True),
        (3, 4, {}, False),
        (0.5, 0.52, {"tolerance": 0.03}, True),
        (0.5, 0.54, {"tolerance": 0.03}, False),
        (0.5, float("nan"), {"tolerance": 0.03}, False),
        (1e-9, 1e-10, {"relation": "<="}, True),
        (1e-9, 1e-8, {"relation": "<="}, False),
        (1e-9, float("nan"), {"relation": "<="}, False),
        (90, 91.5, {"relation": ">="}, True),
        ("12 to 30", "12 to 30", {}, True),
        ("12 to 30", "12 to 31", {}, False),
    ],
)
def test_what_is_measured_is_held_against_what_is_expected(expected, measured, options, holds):
    assert run_check(Check("a number", expected, lambda: measured, "here", **options)).holds is holds


def test_a_relation_that_is_none_and_a_tolerance_that_says_nothing_are_refused():
    with pytest.raises(ValueError, match="relation is one of =, <=, >=; received '<'"):
        Check("a number", 1, lambda: 1, "here", relation="<")
    with pytest.raises(ValueError, match="a tolerance is for numbers that are equal within it"):
        Check("a number", 1, lambda: 1, "here", relation="<=", tolerance=1)


def test_a_check_does_not_depend_on_those_before_it():
    import paddle

    check = Check("a draw", 0, lambda: float(paddle.randn([1])), "here", relation=">=")
    assert run_check(check).measured == run_check(check).measured


@pytest.fixture
def wrong_model(monkeypatch):
    checks = [
        Check("what holds", 1_000, lambda: 1_000, "here"),
        Check("what fails", 0.5, lambda: 0.75, "there", tolerance=0.1),
        Check("what breaks", 1, lambda: 1 // 0, "elsewhere"),
    ]
    monkeypatch.setattr(parakeet.verification, "verified_models", lambda: ["wrong"])
    monkeypatch.setattr(parakeet.verification, "checks_of", lambda model: checks)


def test_the_command_tells_expected_beside_measured_and_fails_if_one_does(wrong_model):
    result = run("wrong")
    assert result.exit_code == 1
    lines = [re.sub(r"\s+", " ", line) for line in result.output.splitlines()]
    assert lines[1] == " holds what holds expected 1,000 measured 1,000 here"
    assert lines[2] == " FAILS what fails expected 0.5 ± 0.1 measured 0.75 there"
    assert lines[3].startswith(" FAILS what breaks expected 1 measured ZeroDivisionError: ")
    assert lines[4].startswith("wrong: 1 of 3 checks hold (")


def test_the_command_holds_where_all_checks_do():
    result = run("vocos")
    assert result.exit_code == 0
    assert f"vocos: {len(checks_of('vocos'))} of {len(checks_of('vocos'))} checks hold" in result.output
    assert "expected 13,531,650" in result.output


def test_without_a_model_those_are_told_that_have_checks():
    assert [line.split()[0] for line in run().output.splitlines()] == verified_models()
    assert {"speedyspeech", "fastspeech2", "vocos", "hifigan"} <= set(verified_models())


def test_a_mistyped_model_is_named_with_the_nearest():
    result = run("hifigun")
    assert "no checks of a model 'hifigun'" in str(result.exception)
    assert "Did you mean 'hifigan'?" in str(result.exception)
