"""Copies of test recordings, beside Griffin-Lim's and the recordings: ``python examples/harmonic_vocos/synthesis.py RUN PREPARED FOLDER``.

To speak text with it: ``parakeet pack ACOUSTIC_RUN VOICE --vocoder RUN``, then ``parakeet speak --voice VOICE``.
"""

import sys

from parakeet.cpu import import_paddle
from parakeet.training.cli import told_plainly


@told_plainly
def main(run, prepared, folder):
    """Write three sounds for each test utterance; see `parakeet.experiments.copies.write_copies`."""
    from parakeet.experiments.copies import write_copies

    for name, seconds in write_copies(run, prepared, folder):
        print(f"{name}: {seconds:.2f} s")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    import_paddle("Synthesis")
    main(*sys.argv[1:])
