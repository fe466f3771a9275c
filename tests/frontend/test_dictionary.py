import re
from importlib.resources import files

from parakeet.frontend.arpabet import PHONES
from parakeet.frontend.dictionary import Dictionary, cmudict

RESOURCES = files("parakeet.frontend").joinpath("resources")


def test_variants_keep_their_order():
    dictionary = Dictionary(["to T UW1", "to(2) T IH0", "to(3) T AH0", "tow T OW1"])
    assert dictionary.find("to") == ("T", "UW1")
    assert dictionary.variants("to") == [("T", "UW1"), ("T", "IH0"), ("T", "AH0")]
    assert dictionary.find("nothing") is None
    assert dictionary.variants("nothing") == []
    assert len(dictionary) == 2


def test_the_dictionary_is_whole_and_holds_known_phones_only():
    dictionary = cmudict()
    assert len(dictionary) > 125_000
    phones = {phone for word in dictionary for variant in dictionary.variants(word) for phone in variant}
    assert phones == set(PHONES)
    assert dictionary.find("read") == ("R", "EH1", "D")
    assert not any(re.search(r"[A-Z()#]", word) for word in dictionary)


def test_the_licence_of_the_data_lies_beside_it():
    licence = RESOURCES.joinpath("cmudict-LICENSE.txt").read_text()
    assert "Carnegie Mellon University" in licence
    assert "Redistribution and use in source and binary forms" in licence


def test_the_data_is_small():
    assert len(RESOURCES.joinpath("cmudict.txt.gz").read_bytes()) < 1_500_000
    assert len(RESOURCES.joinpath("english_letter_to_sound.npz").read_bytes()) < 2_500_000
