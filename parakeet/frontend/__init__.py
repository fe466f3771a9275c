"""Text -> phones -> ids, without paddle. Frontends are looked up by name and loaded when asked for."""

from importlib import import_module
from inspect import signature

from parakeet.errors import ConfigError, nearest
from parakeet.lazy import lazy_names

#: The frontends by name: the module that holds one, and its class. A new language is one line here.
FRONTENDS = {
    "english": ("parakeet.frontend.english", "EnglishFrontend"),
    "espeak": ("parakeet.frontend.espeak", "EspeakFrontend"),
    "mandarin": ("parakeet.frontend.mandarin.frontend", "MandarinFrontend"),
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
        ConfigError: if no frontend has the name, or it has no such option.
        TextError: if the lexicon can't be used.
    """
    if name not in FRONTENDS:
        raise ConfigError(
            f"There is no text frontend {name!r}.{nearest(name, FRONTENDS)} There are: {', '.join(sorted(FRONTENDS))}."
        )
    module, class_name = FRONTENDS[name]
    frontend = getattr(import_module(module), class_name)
    known = [option for option in signature(frontend).parameters if option != "lexicon"]
    for option in options:
        if option not in known:
            there_are = f"there are {', '.join(known)}" if known else "it has none"
            raise ConfigError(f"The frontend {name!r} has no option {option!r}; {there_are}.{nearest(option, known)}")
    return frontend(lexicon=lexicon, **options)


_HOMES = {
    "languages": ("frontend_for",),
    "lexicon": ("Lexicon",),
    "pronunciation": ("PUNCTUATION", "WordPronunciation"),
    "vocab": ("Vocab",),
}
__getattr__, __dir__, _lazy = lazy_names(__name__, _HOMES)
__all__ = ["FRONTENDS", "load_frontend", *_lazy]
