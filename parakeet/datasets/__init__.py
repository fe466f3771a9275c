"""Corpora: read from disk, or built on the user's machine from freely licensed sources."""

from dataclasses import dataclass

from parakeet.lazy import lazy_names

_HOMES = {
    "allison": ("build_allison",),
    "corpus": ("CorpusInfo", "SpeechCorpus"),
    "espeak": ("build_espeak",),
    "festvox_ru": ("build_festvox_ru",),
    "layouts": ("open_corpus",),
    "writer": ("Utterance", "write_corpus"),
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
        Builder("festvox-ru", "recorded Russian, one speaker, 100 minutes with phone labels, from Debian (BSD-like)", "build_festvox_ru"),
    )
}

__getattr__, __dir__, _lazy = lazy_names(__name__, _HOMES)
__all__ = ["BUILDERS", "Builder", *_lazy]
