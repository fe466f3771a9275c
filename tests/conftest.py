"""Speech for tests: espeak-ng reads a text and says when each sound begins (its own events, exact to the sample)."""

import json
import subprocess
import sys

import numpy as np
import pytest

# In a process of its own: the library keeps global state, and leaves the process when it is set up wrongly.
_SPEAK = """
import ctypes as C, json, sys
import espeakng_loader, numpy as np

class Event(C.Structure):
    _fields_ = [("type", C.c_int), ("id", C.c_uint), ("text_position", C.c_int), ("length", C.c_int),
                ("audio_position", C.c_int), ("sample", C.c_int), ("user_data", C.c_void_p), ("name", C.c_char * 8)]

PHONEME, WORD = 7, 1
lib = C.CDLL(espeakng_loader.get_library_path())
rate = lib.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0x8001)
chunks, events = [], []

@C.CFUNCTYPE(C.c_int, C.POINTER(C.c_short), C.c_int, C.POINTER(Event))
def receive(samples, n, event):
    if n > 0:
        chunks.append(np.ctypeslib.as_array(samples, (n,)).copy())
    i = 0
    while event[i].type:
        if event[i].type in (PHONEME, WORD):
            events.append((event[i].type == WORD, event[i].name.decode() if event[i].type == PHONEME else "", event[i].sample))
        i += 1
    return 0

lib.espeak_SetSynthCallback(receive)
out = []
for i, text in enumerate(json.loads(sys.argv[2])):
    chunks.clear(), events.clear()
    lib.espeak_SetVoiceByName(b"en-us")
    lib.espeak_Synth(text.encode(), len(text.encode()) + 1, 0, 1, 0, 1, None, None)
    np.save(f"{sys.argv[1]}/{i}.npy", np.concatenate(chunks))
    out.append({"rate": rate, "events": list(events)})
print(json.dumps(out))
"""


@pytest.fixture(scope="session")
def say(tmp_path_factory):
    """say(texts) -> list of (wav, sample_rate, events); events are (is_word, phoneme name, first sample)."""
    pytest.importorskip("espeakng_loader", reason="needs the espeakng-loader wheel")

    def speak(texts):
        folder = tmp_path_factory.mktemp("espeak")
        command = [sys.executable, "-c", _SPEAK, str(folder), json.dumps(list(texts))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        spoken = []
        for i, entry in enumerate(json.loads(done.stdout)):
            samples = np.load(folder / f"{i}.npy").astype(np.float32) / 32768
            noise = np.random.default_rng(i).normal(scale=1e-3, size=len(samples)).astype(np.float32)  # a room, instead of digital silence
            spoken.append((samples + noise, entry["rate"], entry["events"]))
        return spoken

    return speak
