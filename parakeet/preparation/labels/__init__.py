"""Phones with their times, made elsewhere: read from the files that aligners and editors write, and fitted to what the frontend says.

    from parakeet.preparation.labels import fit_to_words, open_labels, read_labels
"""

from parakeet.lazy import lazy_names

_HOMES = {
    "fitting": ("fit_to_words",),
    "inventory": ("read_phone_map",),
    "label": ("Label",),
    "lookup": ("open_labels",),
    "reading": ("holds_labels", "read_labels"),
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
