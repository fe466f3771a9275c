"""Weight normalisation (T. Salimans and D. Kingma, arXiv:1602.07868): a weight as a direction and a length, learnt apart."""

import contextlib
import math

import numpy as np
from paddle import nn
from paddle.nn.utils import remove_weight_norm, weight_norm
from paddle.nn.utils.weight_norm_hook import WeightNorm

with_weight_norm = weight_norm
"""Split a layer's weight into ``weight_v`` and ``weight_g``, a length for each slice of its first axis; gives the layer back."""

_GAIN = "weight_g"


def normalised_linear(channels, wider, dropout=0.0):
    """A linear layer with weight normalisation: a length for each output, and a beginning that keeps how much a signal varies.

    Args:
        channels (int): C that enter.
        wider (int): D that leave.
        dropout (float): probability with which what enters was dropped.

    Returns:
        Linear: (..., C) -> (..., D).
    """
    spread = nn.initializer.Normal(0.0, math.sqrt((1 - dropout) / channels))
    return weight_norm(nn.Linear(channels, wider, weight_attr=spread), dim=1)


@contextlib.contextmanager
def normalised_once(model):
    """Multiply lengths and directions at the beginning, not at each call: for synthesis step by step. Nothing has changed behind it.

    Args:
        model (Layer): folded or not; its weights must stay as they are.
    """
    layers = [layer for layer in model.sublayers(include_self=True) if _GAIN in layer._parameters]
    hooks = [layer._forward_pre_hooks for layer in layers]
    for layer in layers:
        for hook in layer._forward_pre_hooks.values():
            hook(layer, ())
        layer._forward_pre_hooks = {}
    try:
        yield
    finally:
        for layer, own in zip(layers, hooks, strict=True):
            layer._forward_pre_hooks = own


def fold_weight_norm(model):
    """Multiply lengths and directions once and for all: what is left is quicker and says the same.

    Args:
        model (Layer): changed in place; all layers within.

    Returns:
        Layer: the model.
    """
    for layer in model.sublayers(include_self=True):
        if _GAIN in layer._parameters:
            remove_weight_norm(layer)
    return model


def folded_weight(layer):
    """The weight that a layer computes with, as it would be stored if folded; nothing is changed.

    Args:
        layer (Layer): with ``weight``, or split by `with_weight_norm` or `normalised_linear`.

    Returns:
        ndarray: of the weight's shape.
    """
    if _GAIN not in layer._parameters:
        return layer.weight.numpy()
    direction, length = layer.weight_v.numpy(), layer.weight_g.numpy()
    norm = _lengths(layer, direction)
    return direction * (length.reshape(norm.shape) / norm)


def set_folded_weight(layer, weight):
    """Give a layer a weight, whether it is split or not: as direction the weight itself, as length its own.

    Args:
        layer (Layer): with ``weight``, or split by `with_weight_norm` or `normalised_linear`.
        weight (ndarray): of the weight's shape, as of `folded_weight`.
    """
    if _GAIN not in layer._parameters:
        layer.weight.set_value(weight)
        return
    layer.weight_v.set_value(weight)
    layer.weight_g.set_value(_lengths(layer, weight).reshape(layer.weight_g.shape))


def _lengths(layer, weight):
    """The lengths of a weight's slices along the axis by which a layer was split, as an array with as many axes as the weight."""
    # Convolutions are split by their first axis, linear layers by their last one: the hook knows.
    own = next(hook.dim for hook in layer._forward_pre_hooks.values() if isinstance(hook, WeightNorm))
    return np.sqrt((weight * weight).sum(axis=tuple(axis for axis in range(weight.ndim) if axis != own), keepdims=True))


def count_parameters(model):
    """How many numbers a model has to learn, once weight normalisation is folded.

    Args:
        model (Layer): folded or not.

    Returns:
        int: the count.
    """
    return sum(parameter.size for name, parameter in model.named_parameters() if name.rpartition(".")[2] != _GAIN)
