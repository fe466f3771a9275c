"""Paddle's dynamic graph: needs no export, and serves a model that is still being trained."""

import contextlib
import threading

import numpy as np

from parakeet.cpu import import_paddle
from parakeet.voice.engines.engine import Engine
from parakeet.voice.engines.vocoders import describe_vocoder, vocoder_of
from parakeet.voice.weights import set_weights


def load(directory, description, weights):
    """An engine of a voice's own weights; arguments as for :func:`~parakeet.voice.engines.engine.load_engine`."""
    import_paddle("This voice, which was not exported,")
    acoustic, vocoder = description.build_acoustic(), description.build_vocoder()
    set_weights(acoustic, weights("acoustic"), f"{directory} (acoustic)")
    if vocoder is not None:
        set_weights(vocoder, weights("vocoder"), f"{directory} (vocoder)")
    return dynamic_engine(description, acoustic, vocoder)


def dynamic_engine(description, acoustic, vocoder=None):
    """An engine of models, which may be lent by a training loop: their mode is given back.

    Args:
        description (VoiceDescription): of the voice.
        acoustic (paddle.nn.Layer): the acoustic model, weights in place.
        vocoder (paddle.nn.Layer, optional): likewise; Griffin-Lim when None.

    Returns:
        Engine: ready to be called.
    """
    run = _Runner(vocoder, _sound) if vocoder is not None else None
    about = describe_vocoder(vocoder) if vocoder is not None else None
    return Engine("dynamic", _Runner(acoustic, _infer), vocoder_of(about, run, description))


def _infer(model, ids, rate, pitch_shift, energy_shift):
    import paddle

    lengths = paddle.full([ids.shape[0]], ids.shape[1], "int64")
    found = model.infer(ids, lengths, rate=rate, pitch_shift=pitch_shift, energy_shift=energy_shift)
    return found["mel"], found["durations"]


def _sound(model, mel):
    return model.spectrum(mel) if hasattr(model, "spectrum") else [model(mel)]


class _Runner:
    """A model's computation with numpy at both ends.

    Args:
        model (paddle.nn.Layer): what computes.
        compute (Callable): model, tensors -> tensors.
    """

    def __init__(self, model, compute):
        self.model, self.compute = model, compute
        self._lock = threading.Lock()

    def __call__(self, *arrays):
        import paddle

        # Another thread (or a training loop that lends its model) must not change the mode in the middle.
        with self._lock, _evaluating(self.model), paddle.no_grad():
            return [result.numpy() for result in self.compute(self.model, *map(paddle.to_tensor, map(np.ascontiguousarray, arrays)))]


@contextlib.contextmanager
def _evaluating(model):
    training = model.training
    model.eval()
    try:
        yield
    finally:
        if training:
            model.train()
