"""How many parameters Tacotron 2 has, counted by hand from section 2.2 of the paper (arXiv:1712.05884).

The paper names layers and widths, not this number; with the attention between the decoder's two memories, biases where the layers
usually have them (not in pre-net and attention), two biases a memory's gates, and 148 symbols, it is the number of the configuration in
common use, 28,193,153. Arithmetic alone: nothing of parakeet is imported.

    python scripts/golden/tacotron2.py
"""

MELS, ENCODER, PRENET, DECODER, ATTENTION, FILTERS, KERNEL, POSTNET = 80, 512, 256, 1024, 128, 32, 31, 512


def convolution(wide, wider, width=5):
    """Weights and biases, and the two numbers a channel of batch normalisation."""
    return wide * wider * width + wider + 2 * wider


def memory(wide, channels):
    """The four gates of a long short-term memory: what they hear, what they remember, two biases."""
    return 4 * channels * (wide + channels + 2)


def count(symbols):
    """All parameters for so many symbols: (what, how many), in the order of the paper."""
    context = DECODER + ENCODER
    return {
        "embedding": symbols * ENCODER,
        "encoder, convolutions": 3 * convolution(ENCODER, ENCODER),
        "encoder, memory": 2 * memory(ENCODER, ENCODER // 2),
        "pre-net": MELS * PRENET + PRENET * PRENET,
        "memory that looks": memory(PRENET + ENCODER, DECODER),
        "attention": (DECODER + ENCODER + FILTERS + 1) * ATTENTION + 2 * FILTERS * KERNEL,
        "memory that speaks": memory(DECODER + ENCODER, DECODER),
        "frame": context * MELS + MELS,
        "stop": context + 1,
        "post-net": convolution(MELS, POSTNET) + 3 * convolution(POSTNET, POSTNET) + convolution(POSTNET, MELS),
    }


if __name__ == "__main__":
    parts = count(148)
    for name, size in parts.items():
        print(f"{name:22} {size:12,}")
    print(f"{'all, 148 symbols':22} {sum(parts.values()):12,}")
