"""From Paddle's static graphs to ONNX, weights left where they are."""

import numpy as np

from parakeet.errors import ParakeetError
from parakeet.requirements import require

OPSET = 17
_SMALL = 64
"""Constants of at most so many numbers stay in the graph."""


def convert(recorded, weights, path):
    """Write an ONNX graph that names a voice's weights.

    Args:
        recorded (Path): without a suffix: what ``recording`` wrote.
        weights (dict[str, numpy.ndarray]): of the model, float32.
        path (Path): to write.

    Returns:
        list[str]: the weights that the graph names.

    Raises:
        ParakeetError: if the exporter gives up. It may as well end the process.
    """
    paddle2onnx = require("paddle2onnx", "export", "Exporting to ONNX")
    # Its default optimizer runs pip, to install what it misses.
    data = paddle2onnx.export(
        f"{recorded}.json", f"{recorded}.pdiparams", None, opset_version=OPSET, auto_upgrade_opset=False, optimize_tool="None"
    )
    if data is None:
        raise ParakeetError(f"paddle2onnx can't convert {recorded.name}; what it said stands above.")
    data, names = _without_weights(data, weights)
    path.write_bytes(data)
    return names


def _without_weights(data, weights):
    """Replace each constant that equals a weight by its name: the file needs no copy, and halves that are stored serve as they are."""
    import onnx

    model = onnx.load_model_from_string(data)
    graph, named = model.graph, {}
    for node in [node for node in graph.node if node.op_type == "Constant"]:
        value = onnx.numpy_helper.to_array(node.attribute[0].t)
        name = _name_of(value, weights)
        if name is not None:
            named[node.output[0]] = name
            graph.node.remove(node)
    for node in graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = named.get(name, name)
    names = sorted(set(named.values()))
    for name in names:
        outside = onnx.TensorProto(
            name=name, data_type=onnx.TensorProto.FLOAT, dims=weights[name].shape, data_location=onnx.TensorProto.EXTERNAL
        )
        outside.external_data.add(key="location", value="weights of the voice")
        graph.initializer.append(outside)
    return model.SerializeToString(deterministic=True), names


def _name_of(value, weights):
    if value.dtype != np.float32 or value.size <= _SMALL:
        return None
    return next((name for name, weight in weights.items() if weight.shape == value.shape and np.array_equal(weight, value)), None)
