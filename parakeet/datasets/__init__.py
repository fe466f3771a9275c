"""Corpora: read from disk, or built on the user's machine from freely licensed sources."""

from dataclasses import dataclass
from importlib import import_module

_HOME = {
    "SpeechCorpus": "corpus",
    "CorpusInfo": "corpus",
    "Utterance": "writer",
    "write_corpus": "writer",
    "build_allison": "allison",
    "build_espeak": "espeak",
}


@dataclass(frozen=True)
class Builder:
    """A corpus that can be built: its name, a line of help, and the function that builds it, imported at the first call."""

    name: str
    help: str
    function: str

    def __call__(self, directory, **options):
        """Build the corpus into a folder; returns a SpeechCorpus (options and errors: see the function)."""
        return __getattr__(self.function)(directory, **options)


BUILDERS = {
    builder.name: builder
    for builder in (
        Builder("allison", "recorded English, one speaker, 24 minutes, from Debian's Asterisk prompts (CC-BY-SA-3.0)", "build_allison"),
        Builder("espeak", "English by the synthesizer espeak-ng, with exact phone durations (needs the extra 'espeak')", "build_espeak"),
    )
}

__all__ = ["BUILDERS", "Builder", *_HOME]


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module 'parakeet.datasets' has no attribute '{name}'")
    return getattr(import_module(f"parakeet.datasets.{_HOME[name]}"), name)
