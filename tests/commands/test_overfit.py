"""``parakeet overfit``."""

from pathlib import Path

from click.testing import CliRunner
from making import make_corpus

from parakeet.cli import cli
from parakeet.preparation.prepare import prepare

EXAMPLE = Path(__file__).parents[2] / "examples" / "vocos"


def test_it_tells_the_distances_and_leaves_only_the_sounds(tmp_path):
    make_corpus(tmp_path / "corpus")
    prepare(tmp_path / "corpus", tmp_path / "prepared", workers=1)
    options = ["--config", EXAMPLE / "configs" / "tiny.yaml", "--data", tmp_path / "prepared", "--count", 2, "--iterations", 3]
    result = CliRunner().invoke(cli, ["overfit", *map(str, [EXAMPLE / "train.py", *options, "--keep", tmp_path / "sounds"])])
    assert result.exit_code == 0, result.output
    for what in ("untrained", "after training", "copy synthesis"):
        assert f"| {what} | " in result.output
    assert len(list((tmp_path / "sounds").glob("*.wav"))) == 6


def test_data_that_are_too_few_are_told_without_a_traceback(tmp_path):
    make_corpus(tmp_path / "corpus")
    prepare(tmp_path / "corpus", tmp_path / "prepared", workers=1)
    options = ["--config", EXAMPLE / "configs" / "tiny.yaml", "--data", tmp_path / "prepared", "--count", 99]
    result = CliRunner().invoke(cli, ["overfit", *map(str, [EXAMPLE / "train.py", *options])])
    assert result.exit_code == 2
    assert "99 utterances were asked for" in result.output
