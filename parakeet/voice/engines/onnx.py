"""onnxruntime: the fastest engine, and the one that starts without Paddle.

A graph's file holds no weights but names them: they are those of the voice, read once for all engines.
"""

import numpy as np

from parakeet.cpu import usable_threads
from parakeet.errors import DataError
from parakeet.requirements import require
from parakeet.voice.engines.exported import INPUTS, exported_engine

_ERRORS_ALONE = 3
_INPUTS = {"acoustic": INPUTS, "vocoder": ("mel",)}


def load(directory, description, weights):
    """An engine of exported graphs; arguments as for :func:`~parakeet.voice.engines.engine.load_engine`."""
    runtime = require("onnxruntime", "onnx", "The engine 'onnx'")

    def open_graph(folder, part, about):
        values = weights(part)
        return _Graph(runtime, folder / f"{part}.onnx", {name: values[name] for name in about["weights"][part]}, _INPUTS[part])

    return exported_engine("onnx", directory, description, open_graph)


class _Graph:
    """A session with numpy at both ends; sessions may be called from many threads.

    Args:
        runtime (module): onnxruntime.
        path (Path): the graph.
        weights (dict[str, numpy.ndarray]): those it names.
        inputs (Sequence[str]): names, in the order of the arrays that it is called with.
    """

    def __init__(self, runtime, path, weights, inputs):
        self.inputs = inputs
        options = runtime.SessionOptions()
        options.intra_op_num_threads = usable_threads()
        options.log_severity_level = _ERRORS_ALONE
        # Threads that wait busily for the next sentence take the time of those who compute.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # It would keep a plan for every length it has met, and no two sentences have one length.
        options.enable_mem_pattern = False
        # The session may go on using the values where they are, so they must live as long.
        self.weights = [runtime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(value, np.float32)) for value in weights.values()]
        options.add_external_initializers(list(weights), self.weights)
        try:
            self.session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no base class of its errors but this
            raise DataError(f"{path}: onnxruntime can't load it ({error}). Export the voice again: parakeet export") from error

    def __call__(self, *arrays):
        return self.session.run(None, dict(zip(self.inputs, arrays, strict=True)))
