"""One process at a time in a run folder."""

import contextlib
import json
import os
import socket
import time
import warnings

from parakeet.errors import RunError

try:
    import fcntl
except ImportError:  # Windows: one process at a time has to be the user's care
    fcntl = None

LOCK = ".lock"


@contextlib.contextmanager
def hold(folder):
    """Keep other processes from training in a run folder while the ``with`` block runs.

    The lock is advisory and the system's own: it ends with the process, however that ends, so nothing has to be cleaned up. The file
    ``.lock`` only tells who holds it.

    Args:
        folder (Path): the run folder; it must exist.

    Raises:
        RunError: if another process holds it; says which.
    """
    if fcntl is None:
        yield
        return
    path = folder / LOCK
    with open(path, "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(_in_use(folder, path)) from None
        except OSError as error:  # some network file systems know no locks
            warnings.warn(f"{path}: can't be locked ({error.strerror}): take care that no two runs share the folder", stacklevel=3)
        file.truncate(0)
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        file.write(json.dumps(owner) + "\n")
        file.flush()
        yield


def _in_use(folder, path):
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        who = f"process {owner['pid']} on {owner['host']} has trained in it since {owner['since']}"
        stop = f", or let it save and end: kill -TERM {owner['pid']}"
    except (OSError, ValueError, KeyError):
        who, stop = "another process trains in it", ""
    return f"{folder}: {who}, and two must not share a run folder. Choose another folder{stop}"
