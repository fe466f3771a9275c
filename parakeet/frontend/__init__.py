"""Text -> phones -> ids, without paddle. Frontends are looked up by name and loaded when asked for."""

from importlib import import_module

from parakeet.errors import ConfigError, nearest
from parakeet.lazy import lazy_names

#: The frontends by name: the module that holds one, and its class. A new language is one line here.
FRONTENDS = {
    "english": ("parakeet.frontend.english", "EnglishFrontend"),
    "espeak": ("parakeet.frontend.espeak", "EspeakFrontend"),
}


def load_frontend(name, lexicon=None, **options):
    """Make the frontend of a name.

    Args:
        name (str): a key of ``FRONTENDS``.
        lexicon (str, Path or None): the user's own pronunciations, which win over everything the frontend knows.
        **options: what else the frontend takes, such as ``language`` for "espeak".

    Returns:
        object: a frontend, with ``symbols``, ``phones``, ``words`` and ``normalize`` (docs/guides/frontend.md).

    Raises:
        ConfigError: if no frontend has the name.
        TextError: if the lexicon can't be used.
    """
    if name not in FRONTENDS:
        raise ConfigError(
            f"There is no text frontend {name!r}.{nearest(name, FRONTENDS)} There are: {', '.join(sorted(FRONTENDS))}."
        )
    module, class_name = FRONTENDS[name]
    return getattr(import_module(module), class_name)(lexicon=lexicon, **options)


_HOMES = {"lexicon": ("Lexicon",), "pronunciation": ("PUNCTUATION", "WordPronunciation"), "vocab": ("Vocab",)}
__getattr__, __dir__, _lazy = lazy_names(__name__, _HOMES)
__all__ = ["FRONTENDS", "load_frontend", *_lazy]
