import json

import pytest

from parakeet.errors import TextError
from parakeet.frontend.vocab import Vocab


def test_id_0_is_padding_and_the_symbols_follow_in_order():
    vocab = Vocab([",", "AH0", "B"])
    assert vocab.symbols == ("<pad>", ",", "AH0", "B")
    assert [vocab.lookup(symbol) for symbol in vocab] == [0, 1, 2, 3]
    assert vocab.padding_id == 0
    assert len(vocab) == 4
    assert "AH0" in vocab
    assert "AH1" not in vocab


def test_what_is_encoded_is_decoded():
    vocab = Vocab(["a", "b"])
    assert vocab.encode(["b", "a", "b"]) == [2, 1, 2]
    assert vocab.decode([2, 1, 2, 0]) == ["b", "a", "b", "<pad>"]


def test_a_vocabulary_survives_json():
    vocab = Vocab(["a", "b", "é"])
    assert Vocab.from_dict(json.loads(json.dumps(vocab.to_dict()))) == vocab
    assert Vocab(vocab.symbols) == vocab


def test_an_unknown_symbol_is_named_with_its_place_and_the_nearest_one():
    with pytest.raises(TextError, match=r"Symbol 1 of the sequence, 'AH3'.* Did you mean 'AH0'\?"):
        Vocab(["AH0", "K"]).encode(["K", "AH3"])
    with pytest.raises(TextError, match="holds no symbol 'x'"):
        Vocab(["a"]).lookup("x")


@pytest.mark.parametrize("id", [-1, 3])
def test_an_id_out_of_range_is_an_error(id):
    with pytest.raises(TextError, match="has ids 0 to 2"):
        Vocab(["a", "b"]).decode([id])


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        (["a", "b", "a"], "Symbol 2 of the vocabulary, 'a', is there already"),
        (["a", "<pad>"], "it is put at id 0 by itself"),
        (["a", ""], "at least one character; received ''"),
        (["a", 3], "received 3"),
        ("abc", "received one string, 'abc'"),
    ],
)
def test_a_vocabulary_that_makes_no_sense_is_refused(symbols, message):
    with pytest.raises(TextError, match=message):
        Vocab(symbols)


def test_a_stored_vocabulary_of_another_shape_is_refused():
    with pytest.raises(TextError, match="a dict with a list 'symbols'"):
        Vocab.from_dict(["a", "b"])
