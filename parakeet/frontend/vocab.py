"""The table between symbols (phones, punctuation) and the ids a model sees."""

from parakeet.errors import TextError, nearest

PAD = "<pad>"


class Vocab:
    """Number symbols in the order given, from 1; id 0 is ``<pad>``.

    Args:
        symbols (Iterable[str]): the inventory, each symbol once. A leading ``<pad>`` is allowed, so a stored table can be given back.

    Raises:
        TextError: if a symbol is given twice, is empty or isn't a string, or ``<pad>`` stands anywhere but first.
    """

    def __init__(self, symbols):
        if isinstance(symbols, str):
            raise TextError(
                f"A vocabulary needs a list of symbols; received one string, {symbols!r}. Give list(...) of it if each "
                "character is a symbol."
            )
        symbols = list(symbols)
        if symbols[:1] == [PAD]:
            symbols = symbols[1:]
        self._ids = {PAD: 0}
        for place, symbol in enumerate(symbols):
            if not isinstance(symbol, str) or not symbol:
                raise TextError(
                    f"Symbol {place} of the vocabulary has to be a string of at least one character; received {symbol!r}."
                )
            if symbol in self._ids:
                reserved = " (it is put at id 0 by itself)" if symbol == PAD else ""
                raise TextError(
                    f"Symbol {place} of the vocabulary, {symbol!r}, is there already{reserved}; give every symbol once."
                )
            self._ids[symbol] = len(self._ids)
        self._symbols = tuple(self._ids)

    @property
    def symbols(self):
        """tuple[str]: all symbols, ``<pad>`` first; the place of a symbol is its id."""
        return self._symbols

    @property
    def padding_id(self):
        """int: the id of ``<pad>``, 0."""
        return 0

    def lookup(self, symbol):
        """Return the id of a symbol.

        Raises:
            TextError: if the vocabulary doesn't hold it, naming the nearest symbol it holds.
        """
        try:
            return self._ids[symbol]
        except (KeyError, TypeError):
            raise TextError(
                f"The vocabulary of {len(self)} symbols holds no symbol {symbol!r}.{nearest(symbol, self._symbols)} "
                "A voice speaks only what its vocabulary holds: use the frontend it was prepared with."
            ) from None

    def reverse(self, id):
        """Return the symbol of an id.

        Raises:
            TextError: if the id isn't between 0 and ``len(vocab) - 1``.
        """
        if not 0 <= id < len(self._symbols):
            raise TextError(f"Id {id} is no symbol: the vocabulary has ids 0 to {len(self) - 1}.")
        return self._symbols[id]

    def encode(self, symbols):
        """Turn a sequence of symbols into the list of their ids.

        Raises:
            TextError: if a symbol isn't in the vocabulary, naming it and its place.
        """
        ids = []
        for place, symbol in enumerate(symbols):
            if symbol not in self._ids:
                raise TextError(
                    f"Symbol {place} of the sequence, {symbol!r}, isn't one of the {len(self)} symbols of the vocabulary."
                    f"{nearest(symbol, self._symbols)} Use the frontend the vocabulary was made for."
                )
            ids.append(self._ids[symbol])
        return ids

    def decode(self, ids):
        """Turn ids back into the list of their symbols, padding included.

        Raises:
            TextError: if an id is out of range.
        """
        return [self.reverse(int(id)) for id in ids]

    def to_dict(self):
        """Return the vocabulary as data for json; ``Vocab.from_dict`` takes it back."""
        return {"symbols": list(self._symbols)}

    @classmethod
    def from_dict(cls, data):
        """Make a vocabulary from what ``to_dict`` returned.

        Raises:
            TextError: if ``data`` isn't a dict with a list ``symbols``.
        """
        if not isinstance(data, dict) or not isinstance(data.get("symbols"), (list, tuple)):
            raise TextError(f"A stored vocabulary has to be a dict with a list 'symbols'; received {str(data)[:80]!r}.")
        return cls(data["symbols"])

    def __len__(self):
        return len(self._symbols)

    def __contains__(self, symbol):
        return symbol in self._ids

    def __iter__(self):
        return iter(self._symbols)

    def __eq__(self, other):
        return isinstance(other, Vocab) and self._symbols == other._symbols

    def __hash__(self):
        return hash(self._symbols)

    def __repr__(self):
        return f"Vocab({len(self)} symbols: {' '.join(self._symbols[:8])}{' ...' if len(self) > 8 else ''})"
