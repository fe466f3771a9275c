"""One process at a time in a run folder."""

from parakeet.errors import RunError
from parakeet.files import hold_folder


def hold(folder):
    """Keep other processes from training in a run folder while the ``with`` block runs; see :func:`parakeet.files.hold_folder`.

    Args:
        folder (Path): the run folder; it must exist.

    Raises:
        RunError: if another process holds it; says which.
    """

    def refusal(owner):
        if owner is None:
            who, stop = "another process trains in it", ""
        else:
            who = f"process {owner['pid']} on {owner['host']} has trained in it since {owner['since']}"
            stop = f", or let it save and end: kill -TERM {owner['pid']}"
        return RunError(f"{folder}: {who}, and two must not share a run folder. Choose another folder{stop}")

    return hold_folder(folder, refusal)
