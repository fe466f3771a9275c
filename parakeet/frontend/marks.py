"""Which marks of punctuation of a text become tokens."""

from parakeet.frontend.pronunciation import PUNCTUATION, SENTENCE_FINAL


def settle(rows):
    """Keep one mark between words, the strongest; none before the first word; after the last one that ends a sentence.

    Args:
        rows (Sequence): the pieces of a text in order, with ``source``, ``word`` and ``phones``, whose source is "punctuation" where they
            are marks; the ``phones`` of marks that don't stay are taken away.

    Returns:
        bool: whether the text lacks a mark at its end, so that a full stop has to be put there.
    """
    run, begun = [], False
    for row in rows:
        if row.source == "punctuation":
            run.append(row)
        elif row.phones:
            _keep(_strongest(run) if begun else None, run)
            run, begun = [], True
    last = _strongest(run) if begun else None
    lacks_end = last is None or last.word not in SENTENCE_FINAL
    _keep(None if lacks_end else last, run)
    return lacks_end


def _strongest(run):
    return max(run, key=lambda mark: PUNCTUATION.index(mark.word), default=None)


def _keep(kept, run):
    for mark in run:
        if mark is not kept:
            mark.phones = ()
