"""The sizes of the paper."""

_COMMON = {
    "embedding_channels": 256,
    "encoder_kernel_size": 5,
    "decoder_widths": (128, 256),
    "decoder_kernel_size": 5,
    "converter_channels": 256,
    "converter_kernel_size": 5,
    "frames_per_step": 4,
}

SIZES = {
    "single": {
        **_COMMON,
        "encoder_channels": 64,
        "encoder_blocks": 7,
        "decoder_layers": 4,
        "attention_channels": 128,
        "converter_blocks": 5,
        "position_weight": 1.0,
        "key_rate": 6.3,
        "dropout": 0.05,
        "n_speakers": 1,
    },
    "vctk": {
        **_COMMON,
        "encoder_channels": 128,
        "encoder_blocks": 7,
        "decoder_layers": 6,
        "attention_channels": 256,
        "converter_blocks": 6,
        "position_weight": 0.1,
        "key_rate": 7.6,
        "dropout": 0.05,
        "n_speakers": 108,
        "speaker_channels": 16,
    },
    "librispeech": {
        **_COMMON,
        "encoder_channels": 256,
        "encoder_blocks": 7,
        "decoder_layers": 8,
        "attention_channels": 256,
        "converter_blocks": 8,
        "position_weight": 0.1,
        "key_rate": 2.6,
        "dropout": 0.01,
        "n_speakers": 2484,
        "speaker_channels": 512,
    },
}
"""The three columns of the paper's table of hyper-parameters (appendix)."""
