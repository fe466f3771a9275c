"""The phones of labels in the frontend's terms: stress left aside, other names looked up in a map."""

import re

from parakeet.frontend.arpabet import VOWELS
from parakeet.frontend.lexicon import Lexicon
from parakeet.frontend.pronunciation import is_mark
from parakeet.preparation.alignment import SILENCE

_POSITION = re.compile(r"(.+)_[BIES]")  # Kaldi's phones say where in the word they stand


class Inventory:
    """What a frontend's phones are, and how labels may write them.

    Stress is a digit behind ARPAbet's vowels, a ``'`` or ``,`` before eSpeak NG's.

    Args:
        symbols (Iterable[str]): every symbol of the frontend.
        phone_map (dict[str, tuple[str]], optional): of :func:`read_phone_map`.
    """

    def __init__(self, symbols, phone_map=None):
        self._phones = {symbol for symbol in symbols if not is_mark(symbol)}
        self._map = {} if phone_map is None else phone_map
        self._arpabet = "AH0" in self._phones
        self._forms = {}  # a phone without stress -> the phone with each stress
        for phone in sorted(self._phones):
            self._forms.setdefault(self._parts(phone)[0], []).append(phone)

    def of_label(self, symbol):
        """Give the frontend's phones that a phone of the labels stands for, a tuple; None where it is unknown."""
        if symbol in self._map:
            return self._map[symbol]
        forms = [symbol, *_POSITION.findall(symbol)]
        if self._arpabet:
            forms += [form.upper() for form in forms]
        known = next((form for form in forms if form in self._phones or form in self._forms), None)
        return None if known is None else (known,)

    def is_pause(self, label):
        """Tell whether nothing is spoken at a label: it is called so, or the map says so (of a breath, for example)."""
        return label.is_pause or self._map.get(label.symbol) == (SILENCE,)

    def knows(self, phone):
        """Tell whether it is a phone as the frontend writes it."""
        return phone in self._phones

    def names(self):
        """list[str]: every phone, and every vowel without its stress."""
        return sorted(self._phones | set(self._forms))

    def base(self, phone):
        """Give a phone without its stress."""
        return phone if phone in self._forms else self._parts(phone)[0]

    def is_vowel(self, phone):
        """Tell whether a phone can be stressed."""
        return len(self._forms[self.base(phone)]) > 1

    def marks_stress(self, phones):
        """Tell whether phones are written with their stress: at least one of them is."""
        return any(phone not in self._forms or self._parts(phone)[1] for phone in phones)

    def with_stress(self, phone, model=None):
        """Give a phone, written without stress, that of another one; the least where there is none to follow, or it never has that."""
        forms = {self._parts(form)[1]: form for form in self._forms[self.base(phone)]}
        stress = 0 if model is None else self._parts(model)[1]
        return forms.get(stress, forms[min(forms)])

    def _parts(self, phone):
        """A phone without its stress, and that: 0 none, 1 primary, 2 secondary."""
        if self._arpabet:
            return (phone[:-1], int(phone[-1])) if phone[:-1] in VOWELS and phone[-1] in "012" else (phone, 0)
        return (phone[1:], "',".index(phone[0]) + 1) if len(phone) > 1 and phone[0] in "'," else (phone, 0)


def read_phone_map(path, symbols):
    """Read a file that says which phones of the frontend the phones of labels are.

    Args:
        path (str | Path): on each line a phone of the labels, then one or more of the frontend's, which share the label's time, or
            ``sil``; ``#`` begins a comment.
        symbols (Iterable[str]): every symbol of the frontend; vowels may also be written without their stress.

    Returns:
        dict[str, tuple[str]]

    Raises:
        TextError: naming file and line.
    """
    lexicon = Lexicon.read(path, [*Inventory(symbols).names(), SILENCE])
    return {phone: lexicon[phone] for phone in lexicon}
