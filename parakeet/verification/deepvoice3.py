"""Deep Voice 3 (arXiv:1710.07654): sizes, causality, attention that begins as a diagonal and never goes back, synthesis step by step."""

import numpy as np
import paddle

from parakeet.models.deepvoice3 import SIZES, DeepVoice3, deepvoice3_losses
from parakeet.modules.weight_norm import count_parameters
from parakeet.verification.check import Check
from parakeet.verification.proofs import (
    distance,
    folding_difference,
    made_batch,
    only_own_frames,
    padding_difference,
    reach,
    share_of_loss_left,
    stirred,
)

PAPER = "arXiv:1710.07654"
COUNTED = f"{PAPER}, table of hyper-parameters (appendix), counted by scripts/golden/deepvoice3.py"
ATTENTION = f"{PAPER}, section 'Attention block'"
CAUSAL = f"{PAPER}, section 'Decoder': what is made of it comes after it; 2 kernels of 5 steps, 3 frames each"
LENGTHS = [5, 9, 3]
SMALL = {
    "n_mels": 8,
    "embedding_channels": 12,
    "encoder_channels": 8,
    "encoder_blocks": 2,
    "decoder_widths": (10, 12),
    "decoder_layers": 2,
    "attention_channels": 8,
    "converter_channels": 8,
    "converter_blocks": 2,
    "frames_per_step": 3,
    "n_speakers": 3,
    "speaker_channels": 4,
}
SHALLOW = {**SIZES["single"], "encoder_blocks": 1, "decoder_layers": 1, "converter_blocks": 1}
NEVER = -1e3


def small():
    """A small model in double precision, of three speakers."""
    return stirred(DeepVoice3(20, **SMALL))


def endless(model):
    """A model that never says that it is done."""
    model.decoder.stop.bias.set_value(paddle.full_like(model.decoder.stop.bias, NEVER))
    return model


def made(dtype="float64"):
    """Three utterances, of three speakers."""
    return {**made_batch(LENGTHS, dtype=dtype), "speaker": paddle.to_tensor([2, 0, 1])}


def taught(model):
    """The training pass, as a function of a batch."""
    return lambda batch: model(*(batch[name] for name in model.inputs), batch["speaker"])


def spoken(model, **options):
    """The synthesis pass, as a function of a batch."""

    def run(batch):
        found = model.infer(batch["text"], batch["text_lengths"], batch["speaker"], max_frames=45, **options)
        return {name: found[name] for name in ("mel", "mel_before", "mel_lengths", "durations", "attention")}

    return run


def parameters(size, **options):
    """What a model of a published size has to learn, of 50 symbols."""
    return count_parameters(DeepVoice3(50, **SIZES[size], **options))


def padding(way):
    """What company changes."""
    return padding_difference(way(endless(small())), made(), {"text": "text_lengths", "mel": "mel_lengths"})


def folding():
    """What folding changes."""
    model, batch = small(), made()
    return folding_difference(model, lambda: taught(model)(batch)["mel"])


def frames_that_hear(at, spectrum="mel_before"):
    """Which of 60 frames are made otherwise when the decoder is told another frame."""
    model, batch = small(), {key: value[1:2] for key, value in made().items()}
    mel, batch["mel_lengths"] = paddle.randn([1, 60, 8], "float64"), paddle.to_tensor([60])
    first, last = reach(lambda mel: taught(model)({**batch, "mel": mel})[spectrum], mel, at)
    return f"{first} to {last}"


def slope():
    """Frames a symbol of the attention of a model that has learnt nothing."""
    model = DeepVoice3(20, **SHALLOW)
    model.eval()
    text = paddle.randint(1, 20, [1, 40])
    looked = model(text, paddle.to_tensor([40]), paddle.zeros([1, 240, 80]), paddle.to_tensor([240]))["attention"].argmax(-1)
    return float(1 / np.polyfit(np.arange(0, 240, 4), looked.numpy()[0, 0], 1)[0])


def attention():
    """Weights of the training pass, (B, L, n, S), and which of the symbols are padding."""
    weights = taught(small())(made())["attention"].numpy()
    return weights, np.arange(weights.shape[-1]) >= np.array(LENGTHS)[:, None, None, None]


def attention_missing():
    """How far a row is from summing to one."""
    return float(np.abs(attention()[0].sum(axis=-1) - 1).max())


def attention_on_padding():
    """The largest weight on padding."""
    weights, padding = attention()
    return float((weights * padding).max())


def alone_and_at_once():
    """How far speaking is from what the training pass makes of the frames that were spoken."""
    model, batch = endless(small()), made()
    found = spoken(model, window=None)(batch)
    told = taught(model)({**batch, "mel": found["mel_before"], "mel_lengths": found["mel_lengths"]})
    return max(distance(told[name], found[name]) for name in ("mel", "mel_before", "attention"))


def leaps():
    """By how many symbols attention goes on from step to step with a window of 3."""
    looked = spoken(endless(small()))(made())["attention"].argmax(-1).numpy()
    steps = np.diff(looked, axis=-1, prepend=0)
    return f"{steps.min()} to {steps.max()}"


def slope_at(rate):
    """Frames a symbol of the attention of a model that has learnt nothing, when it speaks at a rate."""
    model = endless(DeepVoice3(20, **SHALLOW))
    model.eval()
    text = paddle.randint(1, 20, [1, 40])
    looked = model.infer(text, paddle.to_tensor([40]), rate=rate, max_frames=96, window=None)["attention"].argmax(-1)
    return float(1 / np.polyfit(np.arange(0, 96, 4), looked.numpy()[0, 0], 1)[0])


def frames_missing():
    """Frames that are spoken less those that looked at some symbol."""
    found = spoken(endless(small()))(made())
    return int((found["mel_lengths"] - found["durations"].sum(axis=1)).abs().max())


def noise_on_padding():
    """The largest number on padding."""
    batch = made()
    return only_own_frames(taught(small())(batch)["mel"], batch["mel_lengths"])


def learnt_by_heart(steps=120):
    """The loss of one utterance after so many steps, beside the first."""
    model = DeepVoice3(20, **{**SMALL, "dropout": 0.0})
    batch = {key: value[1:2] for key, value in made("float32").items()}
    batch["mel"] = batch["mel"][:, : batch["mel_lengths"].item()]

    def loss():
        return deepvoice3_losses(taught(model)(batch), batch, model.mel_std, model.frames_per_step)["loss"]

    return share_of_loss_left(model, loss, steps, 1e-2)


CHECKS = [
    Check("parameters, single speaker, 50 symbols", 6_944_209 + 256 * 50, lambda: parameters("single"), COUNTED, quick=False),
    Check(
        "parameters, single speaker, linear spectrum",
        7_450_242 + 256 * 50,
        lambda: parameters("single", linear_bins=2049),
        COUNTED,
        quick=False,
    ),
    Check("parameters, VCTK, 50 symbols", 10_935_795 + 256 * 50, lambda: parameters("vctk"), COUNTED, quick=False),
    Check("parameters, LibriSpeech, 50 symbols", 22_071_827 + 256 * 50, lambda: parameters("librispeech"), COUNTED, quick=False),
    Check("change by padding, training pass", 1e-12, lambda: padding(taught), "a batch is a matter of speed", relation="<="),
    Check("change by padding, synthesis", 1e-10, lambda: padding(spoken), "a batch is a matter of speed", relation="<="),
    Check("loudest number on padding", 0, noise_on_padding, "lengths cross borders, padding says nothing"),
    Check("change by folding weight normalisation", 1e-12, folding, "arXiv:1602.07868, eq. 2", relation="<="),
    Check("frames that hear frame 12, the first of a step", "15 to 41", lambda: frames_that_hear(12), CAUSAL),
    Check("frames that hear frame 14, the last of a step", "15 to 41", lambda: frames_that_hear(14), CAUSAL),
    Check(
        "frames behind the converter that hear frame 12",
        "11 to 45",
        lambda: frames_that_hear(12, "mel"),
        f"{PAPER}, section 'Converter': both sides; 2 kernels of 5 frames",
    ),
    Check("frames a symbol of fresh attention", 6.3, slope, f"{ATTENTION}; 6.3 in the table of hyper-parameters", tolerance=0.1),
    Check("frames a symbol at rate 2", 3.15, lambda: slope_at(2.0), f"{ATTENTION}: rates are the speed", tolerance=0.1),
    Check("attention's rows beside 1", 1e-12, attention_missing, ATTENTION, relation="<="),
    Check("largest attention on padding", 0, attention_on_padding, ATTENTION),
    Check("step by step beside all at once", 1e-10, alone_and_at_once, "what is taught is what is spoken", relation="<="),
    Check("symbols from step to step, window 3", "0 to 2", leaps, f"{ATTENTION}: constrained at inference"),
    Check("frames beside the sum of attention's durations", 0, frames_missing, "each frame looks at one symbol most"),
    Check("loss of an utterance learnt by heart, beside the first", 0.3, learnt_by_heart, "a model can learn", relation="<=", quick=False),
]
