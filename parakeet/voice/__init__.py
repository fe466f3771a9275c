"""From text to sound: a run folder that speaks.

from parakeet.voice import Voice
speech = Voice.load("runs/allison").speak("Thank you for calling.")
"""

from importlib import import_module

_HOMES = {"Voice": "voice", "Speech": "voice", "VoiceDescription": "description"}
__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
