import itertools
import re
from collections import Counter
from importlib import resources

import pytest

from parakeet.datasets.sentences import english_sentences

ARPABET = {
    *"AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()  # noqa: SIM905
}


@pytest.fixture(scope="module")
def sentences():
    return english_sentences()


def words(sentence):
    return re.findall(r"[a-z']+", sentence.lower())


def test_the_file_says_what_it_is_and_under_which_licence():
    text = resources.files("parakeet.datasets").joinpath("resources/sentences_en.txt").read_text(encoding="ascii")
    header = [line for line in text.splitlines() if line.startswith("#")]
    assert text.startswith("# English sentences")
    assert any("Apache License, Version 2.0" in line for line in header)


def test_there_are_more_than_a_thousand_sentences(sentences):
    assert len(sentences) >= 1050


def test_every_sentence_is_plain_text_that_begins_with_a_capital_and_ends(sentences):
    shape = re.compile(r"[A-Z][A-Za-z',.?!;:-]*( [A-Za-z',.?!;:-]+)+")
    assert [s for s in sentences if not shape.fullmatch(s) or s[-1] not in ".?!"] == []


def test_every_sentence_has_four_to_sixteen_words(sentences):
    assert [s for s in sentences if not 4 <= len(s.split()) <= 16] == []


def test_no_two_sentences_share_a_run_of_five_words(sentences):
    owner, shared = {}, []
    for index, sentence in enumerate(sentences):
        spoken = words(sentence)
        for run in zip(*(spoken[i:] for i in range(5)), strict=False):
            if owner.setdefault(run, index) != index:
                shared.append((sentences[owner[run]], sentence))
    assert shared == []


def test_no_two_sentences_are_the_same_words(sentences):
    counts = Counter(" ".join(words(s)) for s in sentences)
    assert [s for s, n in counts.items() if n > 1] == []


def test_the_sentences_do_not_follow_a_template(sentences):
    openings = Counter(" ".join(words(s)[:2]) for s in sentences)
    assert openings.most_common(1)[0][1] <= 5
    assert len({w for s in sentences for w in words(s)}) > 3000


def test_questions_and_exclamations_are_among_them(sentences):
    ends = Counter(s[-1] for s in sentences)
    assert ends["?"] >= 80
    assert ends["!"] >= 40
    assert sum("," in s for s in sentences) >= 200


@pytest.fixture(scope="module")
def phones(sentences):
    from parakeet.frontend import load_frontend

    frontend = load_frontend("english")
    bare = [[re.sub(r"\d", "", phone) for phone in frontend.phones(s)] for s in sentences]
    return [[phone for phone in spoken if phone in ARPABET] for spoken in bare]


def test_each_of_the_39_phones_is_in_at_least_forty_sentences(phones):
    counts = Counter(phone for spoken in phones for phone in set(spoken))
    assert {phone: counts[phone] for phone in ARPABET if counts[phone] < 40} == {}


def test_most_pairs_of_phones_that_english_has_occur(phones):
    pairs = {pair for spoken in phones for pair in itertools.pairwise(spoken)}
    assert len(pairs) >= 1050
