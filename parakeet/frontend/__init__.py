"""Text -> phones -> ids, without paddle. Frontends are looked up by name and loaded when asked for."""

from importlib import import_module

from parakeet.errors import ConfigError, nearest

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


def __getattr__(name):
    """Give ``Vocab``, ``Lexicon`` and ``WordPronunciation`` from here without loading more than asked for (PEP 562)."""
    homes = {
        "Vocab": "vocab",
        "Lexicon": "lexicon",
        "WordPronunciation": "pronunciation",
        "PUNCTUATION": "pronunciation",
    }
    if name in homes:
        return getattr(import_module(f"parakeet.frontend.{homes[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
