"""Task-specific models, one folder each; none imports another. The table is in ``README.md``."""

from importlib import import_module

AUTOREGRESSIVE_MODELS = {
    "deepvoice3": "parakeet.models.deepvoice3:DeepVoice3",
    "transformer_tts": "parakeet.models.transformer_tts:TransformerTTS",
    "tacotron2": "parakeet.models.tacotron2:Tacotron2",
}
"""Name to ``module:class``: from symbols to a mel spectrum, each frame made after those before it."""

ACOUSTIC_MODELS = {
    "speedyspeech": "parakeet.models.speedyspeech:SpeedySpeech",
    "fastspeech": "parakeet.models.fastspeech:FastSpeech",
    "fastspeech2": "parakeet.models.fastspeech2:FastSpeech2",
    **AUTOREGRESSIVE_MODELS,
}
"""Name to ``module:class``: from symbols to a mel spectrum. A class names in ``inputs`` what of a batch its ``forward`` takes, and in
``controls`` how its ``infer`` can be steered, if at all."""

VOCODERS = {
    "vocos": "parakeet.models.vocos:Vocos",
    "harmonic_vocos": "parakeet.models.vocos:HarmonicVocos",
    "hifigan": "parakeet.models.hifigan:HiFiGAN",
}
"""Name to ``module:class``: from a mel spectrum to samples."""

SAMPLE_MODELS = {
    "wavenet": "parakeet.models.wavenet:WaveNet",
    "clarinet": "parakeet.models.clarinet:ClariNet",
    "waveflow": "parakeet.models.waveflow:WaveFlow",
}
"""Name to ``module:class``: from a mel spectrum to samples as well, but not as voices use vocoders; ``experiments`` speak with them."""

MODELS = {**ACOUSTIC_MODELS, **VOCODERS, **SAMPLE_MODELS}
"""All that a description may name."""


def load_model_class(name):
    """The class of a model.

    Args:
        name (str): a key of :data:`MODELS`.

    Returns:
        type: a ``paddle.nn.Layer``.
    """
    module, _, attribute = MODELS[name].partition(":")
    return getattr(import_module(module), attribute)
