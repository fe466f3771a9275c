"""What the checks of acoustic models share that make frame after frame by an attention: the training pass, synthesis, and both compared.

Each measurement takes a model, small and stirred.
"""

import numpy as np
import paddle

from parakeet.verification.proofs import distance, made_batch, only_own_frames, padding_difference, reach

LENGTHS = [5, 9, 3]
CUTS = {"text": "text_lengths", "mel": "mel_lengths"}


def taught(model):
    """The training pass, as a function of a batch."""
    return lambda batch: model(*(batch[key] for key in model.inputs))


def spoken(model):
    """The synthesis pass, which is not let end before 20 frames, as a function of a batch."""
    model.decoder.stop.bias.set_value(paddle.full_like(model.decoder.stop.bias, -100.0))

    def speak(batch):
        found = model.infer(batch["text"], batch["text_lengths"], max_frames=20)
        return {key: found[key] for key in ("mel", "mel_before", "mel_lengths", "attention", "durations")}

    return speak


def padding(way, model):
    """What company changes; ``way`` is one of the passes above."""
    return padding_difference(way(model), made_batch(LENGTHS), CUTS)


def steps_beside_the_whole(model):
    """The largest difference of what is spoken step by step and what the training pass makes of those same frames."""
    batch = made_batch(LENGTHS)
    ours = spoken(model)(batch)
    theirs = model(batch["text"], batch["text_lengths"], ours["mel_before"], ours["mel_lengths"])
    return max(distance(ours[key], theirs[key]) for key in ("mel", "mel_before", "attention"))


def frames_that_hear(model, poked):
    """Which frames before the post-net hear a poke at one frame of 30."""
    text, lengths, frames = paddle.to_tensor([[3, 5, 8]]), paddle.to_tensor([3]), paddle.to_tensor([30])
    first, last = reach(lambda mel: model(text, lengths, mel, frames)["mel_before"], paddle.randn([1, 30, 8], "float64"), poked)
    return f"{first} to {last}"


def _attention(model):
    """Weights of the training pass with all heads and layers on one axis, (B, H, T, S), and which symbols and frames are there."""
    batch = made_batch(LENGTHS)
    weights = taught(model)(batch)["attention"].numpy()
    weights = weights.reshape(len(weights), -1, *weights.shape[-2:])
    symbols = np.arange(weights.shape[3]) < np.array(LENGTHS)[:, None]
    frames = np.arange(weights.shape[2]) < batch["mel_lengths"].numpy()[:, None]
    return weights, symbols[:, None], frames[:, None]


def attention_on_padding(model):
    """The largest weight on padding."""
    weights, symbols, frames = _attention(model)
    return float(np.abs(weights * ~(symbols[:, :, None] & frames[..., None])).max())


def attention_missing(model):
    """How far a row is from summing to one."""
    weights, _, frames = _attention(model)
    return float(np.abs(weights.sum(axis=-1) - frames).max())


def noise_on_padding(model):
    """The largest number on padding."""
    batch = made_batch(LENGTHS)
    return only_own_frames(taught(model)(batch)["mel"], batch["mel_lengths"])


def frames_missing(model):
    """Frames that are spoken less those which the durations read from attention sum to."""
    found = spoken(model)(made_batch(LENGTHS))
    return int((found["mel_lengths"] - found["durations"].sum(axis=1)).abs().max())
