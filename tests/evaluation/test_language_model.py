import itertools
import math

import pytest

from parakeet.errors import DataError
from parakeet.evaluation.language_model import bigram_arpa

TEXTS = ("please enter your password", "please enter your number", "your call is important", "please hold", "", "enter")
SENTENCES = [text.split() for text in TEXTS]


def read_arpa(text):
    """Read the file as any decoder would: (unigram probabilities, back-off weights, bigram probabilities, counts of the header)."""
    header, unigrams, backoffs, bigrams, section = {}, {}, {}, {}, None
    for line in filter(None, text.splitlines()):
        if line.startswith("\\"):
            section = line
        elif section == "\\data\\":
            order, count = line.removeprefix("ngram ").split("=")
            header[int(order)] = int(count)
        elif section == "\\1-grams:":
            log, word, *backoff = line.split()
            unigrams[word] = 10 ** float(log)
            backoffs[word] = 10 ** float(backoff[0]) if backoff else 1.0
        elif section == "\\2-grams:":
            log, *pair = line.split()
            bigrams[tuple(pair)] = 10 ** float(log)
    assert section == "\\end\\"
    return header, unigrams, backoffs, bigrams


def probability(model, history, word):
    _, unigrams, backoffs, bigrams = model
    return bigrams[history, word] if (history, word) in bigrams else backoffs[history] * unigrams[word]


@pytest.mark.parametrize("sentences", [SENTENCES, SENTENCES * 3, [["a"]], [["a", "a", "a"]], [["a", "b"], ["b", "a"], ["a"], ["b"]]])
def test_after_every_history_the_probabilities_sum_to_one(sentences):
    model = read_arpa(bigram_arpa(sentences))
    words = [word for word in model[1] if word != "<s>"]
    for history in model[1]:
        if history != "</s>":
            assert sum(probability(model, history, word) for word in words) == pytest.approx(1, abs=1e-4), history
    assert sum(model[1][word] for word in words) == pytest.approx(1, abs=1e-4)


def test_the_header_counts_what_the_file_holds():
    header, unigrams, _, bigrams = read_arpa(bigram_arpa(SENTENCES))
    assert header == {1: len(unigrams), 2: len(bigrams)}
    assert len(unigrams) == 9 + 2


def test_what_occurs_more_often_is_likelier_and_what_never_occurs_is_possible():
    model = read_arpa(bigram_arpa(SENTENCES))
    assert probability(model, "please", "enter") > probability(model, "please", "hold") > probability(model, "please", "call") > 0
    assert probability(model, "call", "is") > 1.5 * probability(model, "call", "please")


def test_seen_pairs_give_up_the_discount_of_ney_essen_and_kneser():
    pairs = [pair for s in SENTENCES if s for pair in itertools.pairwise(["<s>", *s, "</s>"])]
    counts = {pair: pairs.count(pair) for pair in pairs}
    once, twice = (sum(c == n for c in counts.values()) for n in (1, 2))
    model = read_arpa(bigram_arpa(SENTENCES))
    expected = (counts["please", "enter"] - once / (once + 2 * twice)) / 3
    assert math.isclose(probability(model, "please", "enter"), expected, rel_tol=1e-5)


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([], "the texts hold no word"),
        ([[]], "the texts hold no word"),
        ([["two words"]], "'two words' is not a word"),
        ([["a", "</s>"]], "'</s>' is not a word"),
        ([[""]], "'' is not a word"),
    ],
)
def test_what_is_no_sentence_is_refused(sentences, message):
    with pytest.raises(DataError, match=message):
        bigram_arpa(sentences)
