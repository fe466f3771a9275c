"""Copies of test recordings, beside Griffin-Lim's and the recordings: ``python examples/waveflow/synthesis.py RUN PREPARED FOLDER``."""

import sys
from functools import partial

from parakeet.cpu import import_paddle
from parakeet.training.cli import told_plainly


@told_plainly
def main(run, prepared, folder):
    """Write three sounds for each test utterance; see `parakeet.experiments.copies.write_copies_by`."""
    from parakeet.experiments.copies import write_copies_by
    from parakeet.experiments.samples import draw_wav, load_sample_model

    model, description = load_sample_model(run, "waveflow")
    for name, seconds in write_copies_by(partial(draw_wav, model), description, prepared, folder):
        print(f"{name}: {seconds:.2f} s", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    import_paddle("Synthesis")
    main(*sys.argv[1:])
