"""A voice's models recorded as Paddle's static graphs, from which every other form is made."""

import warnings

import paddle
from paddle import nn
from paddle.jit.dy2static import convert_call_func
from paddle.static import InputSpec

from parakeet.errors import DataError
from parakeet.voice.engines.exported import INPUTS
from parakeet.voice.engines.vocoders import METHODS


class _Acoustic(nn.Layer):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, rate, pitch_shift, energy_shift):
        lengths = paddle.ones_like(ids).sum(axis=1)
        found = self.model.infer(ids, lengths, rate=rate, pitch_shift=pitch_shift, energy_shift=energy_shift)
        return found["mel"], found["durations"]


class _Vocoder(nn.Layer):
    def __init__(self, model, gives):
        super().__init__()
        self.model, self.compute = model, getattr(model, METHODS[gives])

    def forward(self, mel):
        return self.compute(mel)


def record_acoustic(model, path):
    """Record an acoustic model: symbols and controls, one of each a symbol -> mel spectrum and durations.

    Args:
        model (paddle.nn.Layer): of ``parakeet.models.ACOUSTIC_MODELS``, weights in place.
        path (Path): without a suffix; ``.json`` and ``.pdiparams`` are written.

    Raises:
        DataError: if it can't be steered by all that an exported voice is steered by.
    """
    missing = [name for name in INPUTS[1:] if name not in model.controls]
    if missing:
        raise DataError(
            f"its acoustic model, {type(model).__name__}, can't be steered by {' and '.join(missing)}, which every exported graph takes. "
            "It is spoken without an export (engine: dynamic)."
        )
    floats = [InputSpec([1, None], "float32", name) for name in INPUTS[1:]]
    _record(_Acoustic(model), [InputSpec([1, None], "int64", INPUTS[0]), *floats], path)


def record_vocoder(model, about, n_mels, path):
    """Record a vocoder: mel spectrum -> filters and pitch, complex spectrum or samples.

    Args:
        model (paddle.nn.Layer): of ``parakeet.models.VOCODERS``, weights in place, weight normalisation folded.
        about (dict): as ``describe_vocoder`` gives it.
        n_mels (int): bands.
        path (Path): without a suffix; ``.json`` and ``.pdiparams`` are written.
    """
    _record(_Vocoder(model, about["gives"]), [InputSpec([1, None, n_mels], "float32", "mel")], path)


def _record(layer, inputs, path):
    layer.eval()
    # Paddle puts a function of its own in the place of zip, which does not know strict.
    own, convert_call_func.convert_zip = convert_call_func.convert_zip, zip
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Tensor do not have 'place' interface")
            paddle.jit.save(paddle.jit.to_static(layer, input_spec=inputs, full_graph=True), str(path))
    finally:
        convert_call_func.convert_zip = own
