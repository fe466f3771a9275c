"""What has no spoken form in English. It is left out, and the reason is kept for the warning."""

import string
import unicodedata

from parakeet.frontend.normalizer.scanner import LETTER, Span, rule

#: A longer run of characters without a space is data, not a word.
LONGEST_RUN = 1000

#: Tags of SSML and HTML.
MARKUP = r"</?[A-Za-z][\w:-]*(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>"

#: Rules that come before all others, and those for what no other rule reads.
EARLY_RULES = []
RULES = []


@rule(rf"(?<!\S)\S{{{LONGEST_RUN + 1},}}", EARLY_RULES)
def data(match, text):
    size = word_size(match[0])
    return match_left_out(match, f"{size:,} characters without a space") if size > LONGEST_RUN else None


def word_size(run):
    """Return the number of characters of a run without those repeated at its edges: a thousand exclamation marks still end a sentence."""
    return len(run.strip("".join(edge for edge in (run[0], run[-1]) if edge in string.punctuation)))


@rule(MARKUP, EARLY_RULES)
def markup(match, text):
    return match_left_out(match, "markup; SSML and HTML aren't read, a pause is a comma or a full stop")


@rule(rf"{LETTER}+", RULES)
def foreign_word(match, text):
    """Leave out a word with letters of another script, the marks that belong to it included."""
    end, size = match.end(), len(text.text)
    while end < size and (text.text[end].isalnum() or unicodedata.category(text.text[end])[0] == "M"):
        end += 1
    raw = text.text[match.start() : end]
    script = unicodedata.name(next(filter(_is_foreign, raw), raw[0]), "unknown").split()[0]
    script = script if script == "CJK" else script.capitalize()
    return Span(match.start(), end, raw, (), f"{script} letters; write it in Latin ones, or use the frontend of its language")


def _is_foreign(letter):
    return not letter.isascii() and not unicodedata.name(letter, "").startswith("LATIN")


def match_left_out(match, reason):
    """Return the span of a match that isn't spoken."""
    return Span(match.start(), match.end(), match[0], (), reason)
