"""Transformer TTS: phones to a mel spectrum, step after step, by attention alone."""

from parakeet.models.transformer_tts.losses import transformer_tts_losses
from parakeet.models.transformer_tts.transformer_tts import SIZES, TransformerTTS

__all__ = ["SIZES", "TransformerTTS", "transformer_tts_losses"]
