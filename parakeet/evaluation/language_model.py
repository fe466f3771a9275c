"""A small bigram language model, written as an ARPA file."""

import math
from collections import Counter

from parakeet.errors import DataError

START, END = "<s>", "</s>"
NEVER = -99.0
"""The logarithm ARPA files use for a probability of zero."""


def bigram_arpa(sentences):
    """Estimate a back-off bigram model by absolute discounting (Ney, Essen and Kneser 1994, sec. 3).

    Every seen bigram gives up D = n1 / (n1 + 2 n2) of its count (n1, n2: how many bigrams occur once, twice); what a history gives up
    goes to the words never seen after it, in proportion to their unigram frequencies. After every history the probabilities of all
    words and of the sentence's end sum to one.

    Args:
        sentences (Iterable[list[str]]): words, without spaces in them; empty sentences are passed over.

    Returns:
        str: the text of the ARPA file, base-10 logarithms, n-grams sorted.

    Raises:
        DataError: if there is no word, or a word holds white space or is ``<s>`` or ``</s>``.
    """
    unigrams, bigrams, histories = Counter(), Counter(), Counter()
    for sentence in sentences:
        if not sentence:
            continue
        for word in sentence:
            if word in (START, END) or word != "".join(word.split()) or not word:
                raise DataError(f"language model: {word!r} is not a word; expected no white space, and neither {START} nor {END}")
        unigrams.update([*sentence, END])
        for pair in zip([START, *sentence], [*sentence, END], strict=True):
            bigrams[pair] += 1
            histories[pair[0]] += 1
    if not unigrams:
        raise DataError("language model: the texts hold no word")

    total = unigrams.total()
    discount = _discount(bigrams)
    followers = {}
    for history, word in bigrams:
        followers.setdefault(history, []).append(word)

    log_bigrams, backoffs = {}, {}
    for history, words in followers.items():
        unseen = 1 - sum(unigrams[word] for word in words) / total
        kept = discount if unseen > 1e-9 else 0.0  # nothing to give where every word was seen
        for word in words:
            log_bigrams[history, word] = math.log10((bigrams[history, word] - kept) / histories[history])
        backoffs[history] = math.log10(kept * len(words) / histories[history] / unseen) if kept else NEVER

    lines = ["\\data\\", f"ngram 1={len(unigrams) + 1}", f"ngram 2={len(bigrams)}", "", "\\1-grams:"]
    for word in sorted([START, *unigrams]):
        log = NEVER if word == START else math.log10(unigrams[word] / total)
        lines.append(f"{log:.6f}\t{word}" + (f"\t{backoffs[word]:.6f}" if word in backoffs else ""))
    lines += ["", "\\2-grams:"]
    lines += [f"{log_bigrams[pair]:.6f}\t{pair[0]} {pair[1]}" for pair in sorted(bigrams)]
    return "\n".join([*lines, "", "\\end\\", ""])


def _discount(bigrams):
    """D of the reference above; at most 0.9, so that what occurred once keeps some probability where nothing occurred twice."""
    once = sum(count == 1 for count in bigrams.values())
    twice = sum(count == 2 for count in bigrams.values())
    return min(once / (once + 2 * twice), 0.9) if once else 0.5
