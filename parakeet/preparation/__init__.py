"""From a corpus to what a model is trained on: spectra, pitch, phones and durations.

    from parakeet.preparation.prepare import PrepareConfig, prepare
    from parakeet.preparation.store import PreparedData
"""
