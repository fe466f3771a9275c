"""Runtimes behind one shape: numpy in, numpy out; only here a runtime is named.

from parakeet.voice.engines import load_engine
engine = load_engine("auto", directory, description, weights)
"""

from parakeet.lazy import lazy_names

_HOMES = {"engine": ("Engine", "load_engine")}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
