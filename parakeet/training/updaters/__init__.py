"""The updaters of training procedures that are more than one loss; names are imported when they are first used."""

from parakeet.lazy import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {"gan": ("GANUpdater",)})
