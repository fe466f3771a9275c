"""How many parameters Deep Voice 3 has, counted by hand from the table of hyper-parameters in the paper's appendix (arXiv:1710.07654).

The paper publishes its sizes, not this number. Arithmetic alone: nothing of parakeet is imported. Weight normalisation is folded; the
converter makes a mel spectrum of 80 bands, or a linear one of 2,049 (an FFT of 4,096 samples).

    python scripts/golden/deepvoice3.py
"""

MEL_BANDS, LINEAR_BINS, REDUCTION, EMBEDDING, AFFINE = 80, 2049, 4, 256, (128, 256)

TABLE = {
    # encoder layers, width, channels; decoder layers, width; attention hidden; converter layers, width, channels; speakers, embedding
    "single": (7, 5, 64, 4, 5, 128, 5, 5, 256, 1, 0),
    "vctk": (7, 5, 128, 6, 5, 256, 6, 5, 256, 108, 16),
    "librispeech": (7, 5, 256, 8, 5, 256, 8, 5, 256, 2484, 512),
}


def fully_connected(wide, wider):
    """Weights and biases."""
    return wide * wider + wider


def convolution_block(width, channels, speaker):
    """A filter with twice the channels, for the gate, and a fully connected layer of what the speaker adds to one half."""
    return width * channels * 2 * channels + 2 * channels + (fully_connected(speaker, channels) if speaker else 0)


def count(column, symbols, bands=MEL_BANDS):
    """All parameters of one column of the table, for so many symbols; the converter makes so many bands."""
    (
        encoder_layers,
        encoder_width,
        encoder_channels,
        decoder_layers,
        decoder_width,
        attention,
        converter_layers,
        converter_width,
        converter_channels,
        speakers,
        speaker,
    ) = TABLE[column]
    hidden = AFFINE[-1]
    encoder = symbols * EMBEDDING + fully_connected(EMBEDDING, encoder_channels) + fully_connected(encoder_channels, EMBEDDING)
    encoder += encoder_layers * convolution_block(encoder_width, encoder_channels, speaker)
    queries_keys_values = fully_connected(hidden, attention) + 2 * fully_connected(EMBEDDING, attention)
    decoder = fully_connected(REDUCTION * MEL_BANDS, AFFINE[0]) + fully_connected(AFFINE[0], AFFINE[1])
    decoder += decoder_layers * (
        convolution_block(decoder_width, hidden, speaker) + queries_keys_values + fully_connected(attention, hidden)
    )
    decoder += fully_connected(hidden, REDUCTION * MEL_BANDS) + fully_connected(hidden, 1)
    converter = fully_connected(hidden // REDUCTION, converter_channels) + fully_connected(converter_channels, bands)
    converter += converter_layers * convolution_block(converter_width, converter_channels, speaker)
    # A speaker's vector, what it adds to embedded symbols and to keys, and the rates of queries' and keys' positions.
    several = speakers * speaker + 2 * fully_connected(speaker, EMBEDDING) + fully_connected(speaker, 2) if speaker else 0
    return encoder + decoder + converter + several


if __name__ == "__main__":
    for column in TABLE:
        linear = f"{count(column, 0, LINEAR_BINS):,} with a linear spectrum"
        print(f"{column}: {count(column, 0):,} parameters and {EMBEDDING} a symbol; {linear}")
