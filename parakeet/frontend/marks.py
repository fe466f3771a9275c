"""Which marks of punctuation of a text become tokens."""

from parakeet.frontend.pronunciation import PUNCTUATION, SENTENCE_FINAL

#: What stands for a spoken word, and for what is silent, in the sequences of ``settle``.
SPOKEN, SILENT = "word", ""


def settle(tokens):
    """Keep one mark between words, the strongest; none before the first word; one that ends a sentence after the last.

    Args:
        tokens (Sequence[str]): for every piece of a text ``SPOKEN``, ``SILENT`` or its mark.

    Returns:
        tuple[set[int], bool]: the places of the marks that stay, and whether a full stop has to be put behind the text.
    """
    kept, run, begun = set(), [], False
    for place, token in enumerate(tokens):
        if token == SPOKEN:
            if begun and run:
                kept.add(_strongest(run, tokens))
            run, begun = [], True
        elif token != SILENT:
            run.append(place)
    if begun and run and tokens[_strongest(run, tokens)] in SENTENCE_FINAL:
        return kept | {_strongest(run, tokens)}, False
    return kept, True


def _strongest(places, tokens):
    return max(places, key=lambda place: PUNCTUATION.index(tokens[place]))
