"""What tests of several rooms share."""

import signal

import numpy as np
import pytest


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """A shell starts what runs in its background with SIGINT ignored; the tests of Ctrl-C need it as it is at a terminal."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.fixture(scope="session")
def say():
    """Speech by eSpeak NG, which says how long each sound lasts, exact to the sample.

    say(text) -> (wav, sample_rate, [(phone of eSpeak NG, its first sample)]), in a quiet room instead of digital silence.
    """
    pytest.importorskip("espeakng_loader", reason="needs the espeakng-loader wheel")
    from parakeet.frontend.espeak import EspeakFrontend

    def speak(text):
        wav, sample_rate, timed = EspeakFrontend("en-us").synthesize(text)
        starts = np.cumsum([0, *(samples for _, samples in timed)]).tolist()
        room = np.random.default_rng(len(wav)).normal(scale=1e-3, size=len(wav)).astype(np.float32)
        return wav + room, sample_rate, [(phone, start) for (phone, _), start in zip(timed, starts, strict=False)]

    return speak
