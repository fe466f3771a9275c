"""From text to sound: a folder that speaks.

from parakeet.voice import Voice
speech = Voice.load("runs/allison").speak("Thank you for calling.")
"""

from parakeet.lazy import lazy_names

_HOMES = {
    "description": ("GRIFFIN_LIM", "ModelDescription", "VocoderDescription", "VoiceDescription"),
    "manner": ("Control", "Manner"),
    "pack": ("pack_voice",),
    "speech": ("Speech",),
    "voice": ("Voice",),
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
