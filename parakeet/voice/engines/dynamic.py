"""Paddle's dynamic graph: needs no export, and serves a model that is still being trained."""

import contextlib
import threading

import numpy as np

from parakeet.cpu import import_paddle
from parakeet.errors import DataError
from parakeet.voice.engines.engine import Engine
from parakeet.voice.engines.vocoders import METHODS, describe_vocoder, network_vocoder, vocoder_of
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
    sound = vocoder_of(None, None, description) if vocoder is None else dynamic_vocoder(vocoder, description.mel)
    return Engine("dynamic", _Runner(acoustic, _infer), sound)


def dynamic_vocoder(model, mel_config):
    """A vocoder's model, made to be called with a mel spectrum, (T, n_mels) float32, and a seed.

    Args:
        model (paddle.nn.Layer): of ``parakeet.models.VOCODERS``, weights in place; its mode is given back.
        mel_config (MelConfig): of the spectra.

    Returns:
        NetworkVocoder: gives the samples, (T * hop_length,) float32 in [-1, 1].
    """
    about = describe_vocoder(model)

    def compute(model, mel):
        found = getattr(model, METHODS[about["gives"]])(mel)
        return found if isinstance(found, tuple) else [found]

    return network_vocoder(about, _Runner(model, compute), mel_config)


_AS_TRAINED = {"rate": 1.0, "pitch_shift": 0.0, "energy_shift": 0.0}


def _infer(model, ids, *controls):
    import paddle

    controls = dict(zip(_AS_TRAINED, controls, strict=True))
    for name in set(controls) - set(model.controls):
        if (controls.pop(name) != _AS_TRAINED[name]).any():
            raise DataError(
                f"{name}: the model of this voice, {type(model).__name__}, speaks as it was trained to; what can be changed of it: "
                f"{', '.join(model.controls) or 'nothing'}. Leave {name} as it is, or take a voice of another model."
            )
    found = model.infer(ids, paddle.full([ids.shape[0]], ids.shape[1], "int64"), **controls)
    return found["mel"], found["durations"]


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
