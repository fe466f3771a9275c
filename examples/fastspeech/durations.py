"""Read durations from a teacher's attention: ``python examples/fastspeech/durations.py RUN PREPARED FILE``.

RUN is of a model that attends, such as ``examples/transformer_tts``; FILE is what ``data.durations`` of this example's training takes.
"""

import sys

from parakeet.cpu import import_paddle
from parakeet.training.cli import told_plainly


def read(run, prepared, file):
    """Write the durations, and tell how surely the teacher looks."""
    from parakeet.experiments.teacher import teach_durations
    from parakeet.preparation.store import PreparedData

    focus = teach_durations(run, PreparedData(prepared), file)
    print(f"{file}: {len(focus)} utterances, focus rate {focus.mean():.3f} on average, {focus.min():.3f} at least")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    import_paddle("Reading durations from attention")
    told_plainly(read)(*sys.argv[1:])
