"""Speak the test sentences of a run beside their recordings: ``python examples/deepvoice3/synthesis.py RUN PREPARED FOLDER``.

For one text of your own, ``parakeet speak "..." --voice RUN`` is the command.
"""

import sys

from parakeet.cpu import import_paddle
from parakeet.training.cli import told_plainly

if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    import_paddle("Synthesis")
    from parakeet.experiments.listening import speak_test_sentences

    told_plainly(speak_test_sentences)(*sys.argv[1:])
