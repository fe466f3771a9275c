"""Prepared data for the tests of evaluation."""

import pytest
from making import change_utterance, make_corpus

from parakeet.preparation.prepare import prepare
from parakeet.preparation.settings import PrepareConfig

TEXTS = ("See me.", "You see two.", "I see.", "Me too.", "See me.")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """Five recordings to train on and five held out, two of the same text."""
    folder = tmp_path_factory.mktemp("evaluated")
    corpus = make_corpus(folder / "corpus", splits=("train",) * 5 + ("test",) * 5)
    for i, text in enumerate(TEXTS):
        change_utterance(corpus, f"u{5 + i}", text=text)
    prepare(corpus, folder / "prepared", PrepareConfig(), workers=1)
    return folder / "prepared"
