"""Copies of the test recordings beside Griffin-Lim's: ``python examples/cbhg/synthesis.py RUN PREPARED FOLDER``."""

import sys
from pathlib import Path

from parakeet.cpu import import_paddle
from parakeet.training.cli import told_plainly


def write_copies(run, prepared_directory, folder):
    """Write ``<utt_id>-recorded.wav``, ``<utt_id>-cbhg.wav`` and ``<utt_id>-griffin-lim.wav`` for each test utterance.

    Args:
        run (str): of this experiment; its newest valid snapshot is taken.
        prepared_directory (str): what ``parakeet prepare`` made.
        folder (str): made if need be.
    """
    from parakeet.audio.griffin_lim import griffin_lim
    from parakeet.audio.io import write_wav
    from parakeet.config import load_config
    from parakeet.preparation.store import PreparedData
    from parakeet.voice.folder import newest_snapshot, trained_weights
    from parakeet.voice.weights import set_weights

    from utils import CBHGConfig, build_model, sound

    prepared, snapshot, folder = PreparedData(prepared_directory), newest_snapshot(run), Path(folder)
    mel_config = prepared.mel_config
    model = build_model(load_config(CBHGConfig, Path(run) / "config.yaml"), mel_config)
    set_weights(model, trained_weights(snapshot, "main"), snapshot.path)
    model.eval()
    folder.mkdir(parents=True, exist_ok=True)
    for i in prepared.indices("test"):
        mel, name = prepared[i]["mel"], prepared.describe(i).replace("/", "-")
        copies = {"recorded": prepared.wav(i), "cbhg": sound(model, mel, mel_config), "griffin-lim": griffin_lim(mel, mel_config)}
        for kind, wav in copies.items():
            write_wav(folder / f"{name}-{kind}.wav", wav, mel_config.sample_rate)
        print(f"{name}: {len(copies['recorded']) / mel_config.sample_rate:.2f} s")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    import_paddle("Synthesis")
    told_plainly(write_copies)(*sys.argv[1:])
