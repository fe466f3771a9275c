"""Read a text from left to right; at each place the first rule that applies says how a piece of it is spoken."""

import re
import unicodedata
from dataclasses import dataclass

from parakeet.frontend.normalizer.cleaning import clean
from parakeet.frontend.resource import word_set

#: A letter, as part of a pattern: raised and lowered digits and fractions are none, though Python takes them for parts of words.
LETTER = r"[^\W\d_⁰¹²³⁴-⁹₀-₉¼-¾⅐-⅞]"

#: Words that begin a sentence far more often than they follow an abbreviation within one.
SENTENCE_STARTERS = word_set("""
    the a an this that these those he she it they we you i his her its their our my your there here in on at
    when while if as after before since because but and or so then now however what who where why how not no yes
    most many some all each every one for from with by to do does did is are was were have has had can could
    will would please let
""")


@dataclass(frozen=True)
class Span:
    """A piece of the text and what is spoken for it.

    Attributes:
        start (int), end (int): its place in the cleaned text.
        raw (str): the piece as it stands there.
        spoken (tuple[str]): words in lower case, capitals for letters that are named ("P", "X's"), marks of punctuation; empty for
            what is silent.
        left_out (str): why it isn't spoken, for what has no spoken form; else "".
    """

    start: int
    end: int
    raw: str
    spoken: tuple
    left_out: str = ""


@dataclass(frozen=True)
class Rule:
    """A pattern and how it is spoken.

    Attributes:
        pattern (re.Pattern): matched at a place where a piece may begin.
        speak (Callable): ``speak(match, text)`` returns the spoken words in one string, or None where the rule doesn't apply.
        space (bool): whether it may begin with white space.
    """

    pattern: re.Pattern
    speak: object
    space: bool = False


def rule(pattern, rules, flags=0, space=False):
    """Add the decorated function to ``rules`` as what speaks a pattern."""

    def add(speak):
        rules.append(Rule(re.compile(pattern, flags), speak, space))
        return speak

    return add


class Text:
    """A text with what rules ask about the surroundings of a match.

    Args:
        text (str): as it came from the user.
        find (Callable[[str], tuple | None]): the dictionary pronunciation of a word in lower case.
    """

    def __init__(self, text, find):
        self.text = clean(text)
        self.find = find
        words = re.findall(r"[^\W\d_]{2,}", self.text)
        self.shouting = len(words) > 2 and not any(word != word.upper() for word in words)

    def before(self, match, width=40):
        """Return the characters just before a match."""
        return self.text[max(0, match.start() - width) : match.start()]

    def after(self, match, width=40):
        """Return the characters just after a match."""
        return self.text[match.end() : match.end() + width]

    def word_before(self, position):
        """Return the word that ends just before a position, but for white space and one hyphen; "" at the start of a sentence."""
        match = re.search(r"([^\W_][\w']*)[\s-]*$", self.text[max(0, position - 40) : position])
        return match[1] if match else ""

    def word_after(self, position):
        """Return the word that follows a position after white space or one hyphen; "" where there is none."""
        match = re.compile(r"[\s-]*([^\W_][\w']*)").match(self.text, position)
        return match[1] if match else ""

    def begins_sentence(self, position):
        """Say whether what stands at a position is the first of its sentence."""
        before = self.text[max(0, position - 20) : position].rstrip(" \t\"'([{*_")
        return not before or before[-1] in ".?!:\n-–—•;…"

    def ends_sentence(self, position):
        """Say whether a dot just before a position, that belongs to an abbreviation, ends the sentence as well."""
        rest = re.compile(r"[\"')\]}*_]*(\s*)").match(self.text, position)
        if rest.end() == len(self.text) or rest[1].count("\n") > 1:
            return True
        following = self.word_after(rest.end() if rest[1] else position)
        return bool(rest[1]) and following[:1].isupper() and following.lower() in SENTENCE_STARTERS


def follows(pattern, match, text):
    """Say whether a pattern matches just behind a match."""
    return re.compile(pattern).match(text.text, match.end()) is not None


def scan(text, rules, space_rules=None):
    """Cut a :class:`Text` into spans by the first rule that applies at each place; a character that no rule reads is left out.

    Args:
        text (Text): what to read.
        rules (Iterable[Rule]): in the order in which they are tried.
        space_rules (Iterable[Rule] or None): the rules among them to try at white space, where it is known that no other applies.

    Returns:
        list[Span]: in order; together they cover the whole text.
    """
    spans, position = [], 0
    space_rules = rules if space_rules is None else space_rules
    while position < len(text.text):
        for candidate in space_rules if text.text[position].isspace() else rules:
            match = candidate.pattern.match(text.text, position)
            if match and match.end() > position:
                spoken = candidate.speak(match, text)
                if spoken is not None:
                    span = spoken if isinstance(spoken, Span) else _span(match, spoken)
                    break
        else:
            character = text.text[position]
            span = Span(position, position + 1, character, (), _what_it_is(character))
        spans.append(span)
        position = span.end
    return spans


def _span(match, spoken):
    return Span(match.start(), match.end(), match[0], tuple(spoken.split()))


def _what_it_is(character):
    """Name a character that has no spoken form: an emoji, a control character ..."""
    kinds = {"Cc": "a control character", "Co": "a private character", "Cs": "half a character"}
    name = unicodedata.name(character, "") or kinds.get(unicodedata.category(character), "a character without a name")
    return f"{name}, U+{ord(character):04X}"
