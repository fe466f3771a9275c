"""How fast does Transformer TTS speak: keeping keys and values, beside computing all that came before again for each frame?

    OMP_NUM_THREADS=1 python benchmarks/transformer_tts.py

The base size, one frame a step, 60 symbols. Both make the same frames, which is compared. Seconds are those of the processor, so that
neighbours count little. The limit is reading the decoder's weights once a frame. It asserts nothing.
"""

import time

import numpy as np

from parakeet.cpu import import_paddle

SYMBOLS = 60
STEPS = (50, 100, 200)


def endless_model():
    """A model of the base size that never says where it ends."""
    import paddle

    from parakeet.models.transformer_tts import SIZES, TransformerTTS

    paddle.seed(0)
    model = TransformerTTS(75, **SIZES["base"])
    model.decoder.stop.bias.set_value(paddle.full([1], -100.0))
    model.eval()
    return model


def remembering(model, text, lengths, steps):
    """(1, steps, n_mels): what is spoken."""
    return model.infer(text, lengths, max_frames=steps)["mel_before"]


def naive(model, text, lengths, steps):
    """The same by a whole training pass for each frame."""
    import paddle

    mel = paddle.zeros([1, 1, model.mel_mean.shape[-1]])  # the frame that is to be made has no part in itself
    with paddle.no_grad():
        for step in range(1, steps + 1):
            made = model(text, lengths, mel, paddle.to_tensor([step]))["mel_before"]
            mel = paddle.concat([made, paddle.zeros_like(made[:, :1])], axis=1)
    return made


def measure(way, *arguments):
    """What it gives, and the processor's seconds."""
    start = time.process_time()
    found = way(*arguments).numpy()
    return found, time.process_time() - start


def main():
    """Print the table."""
    import_paddle("This benchmark")
    import paddle

    model, text, lengths = endless_model(), paddle.randint(1, 75, [1, SYMBOLS]), paddle.to_tensor([SYMBOLS])
    remembering(model, text, lengths, 5)  # what is done once is no part of the measurement
    print("| frames | remembered, ms a frame | computed again, ms a frame | times as fast | largest difference |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for steps in STEPS:
        ours, quick = measure(remembering, model, text, lengths, steps)
        theirs, slow = measure(naive, model, text, lengths, steps)
        difference = np.abs(ours - theirs).max()
        print(f"| {steps} | {1000 * quick / steps:.2f} | {1000 * slow / steps:.1f} | {slow / quick:.1f} | {difference:.1e} |", flush=True)


if __name__ == "__main__":
    main()
