"""Task-specific models, one folder each; none imports another. The table is in ``README.md``."""

from importlib import import_module

MODELS = {"speedyspeech": "parakeet.models.speedyspeech:SpeedySpeech"}
"""Name to ``module:class``: the acoustic models that a voice may name."""


def load_model_class(name):
    """The class of a model.

    Args:
        name (str): a key of :data:`MODELS`.

    Returns:
        type: a ``paddle.nn.Layer``.
    """
    module, _, attribute = MODELS[name].partition(":")
    return getattr(import_module(module), attribute)
