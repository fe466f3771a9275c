"""Files that are there whole or not at all, files of text and json that say what is wrong, and folders one process works in."""

import codecs
import contextlib
import json
import os
import socket
import time
import warnings

from parakeet.errors import DataError, what_is

try:
    import fcntl
except ImportError:  # Windows: one process at a time has to be the user's care
    fcntl = None

LOCK = ".lock"

_CODINGS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def write_whole(path, text):
    """Write a text file so that a crash or a full disk leaves either the former one or the new one, never a part.

    Args:
        path (Path): the file.
        text (str): what it shall hold.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_text(path, remedy):
    """Read a text file in UTF-8, with or without a byte-order mark, or in UTF-16.

    Args:
        path (Path): the file.
        remedy (str): what to do where it can't be read, a sentence.

    Returns:
        str: with line ends as they are.

    Raises:
        DataError: if it can't be read, or is in another coding; it names the line.
    """
    content = _content(path, remedy)
    coding = next((name for mark, name in _CODINGS.items() if content.startswith(mark)), None)
    if coding is None:  # a text of many zeros is UTF-16 of somebody who left the mark out
        coding = "utf-8" if not content[:200].count(0) else "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    try:
        return content.decode(coding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}, line {line}: not {coding.upper()} text (byte {error.start}). Save it as UTF-8.{what_is(path)}") from None


def read_json(path, remedy):
    """Read a file that holds one json object.

    Args:
        path (Path): the file.
        remedy (str): what to do where it can't be used, a sentence.

    Returns:
        dict

    Raises:
        DataError: if it can't be read, isn't json, or holds anything but an object.
    """
    return _object(_content(path, remedy), path, path, remedy)


def read_json_lines(path, remedy):
    """Read a file that holds a json object on each of its lines; blank lines are passed over.

    Args:
        path (Path): the file.
        remedy (str): what to do where it can't be used, a sentence.

    Yields:
        tuple[int, dict]: the line's number, from 1, and its object.

    Raises:
        DataError: if it can't be read, or a line isn't json or holds anything but an object; it names the line.
    """
    for number, line in enumerate(_content(path, remedy).splitlines(), 1):
        if line.strip():
            yield number, _object(line, f"{path}, line {number}", path, remedy)


def _content(path, remedy):
    # Bytes: text would also be cut at U+2028 and its like, which json allows inside of a string.
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror}. {remedy}") from error


def _object(content, where, path, remedy):
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: isn't json ({error}). {remedy}{what_is(path)}") from error
    if not isinstance(value, dict):
        raise DataError(f"{where}: expected a json object, received {type(value).__name__}. {remedy}")
    return value


@contextlib.contextmanager
def hold_folder(folder, refusal):
    """Keep other processes from working in a folder while the ``with`` block runs.

    The lock is advisory and the system's own: it ends with the process, however that ends, so nothing has to be cleaned up. The file
    ``.lock`` only tells who holds it.

    Args:
        folder (Path): it must exist.
        refusal (Callable): of a dict ``pid, host, since`` of the process that holds it, or of None where that is not known; makes the
            exception to raise.
    """
    if fcntl is None:
        yield
        return
    path = folder / LOCK
    with open(path, "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusal(_owner(path)) from None
        except OSError as error:  # some network file systems know no locks
            warnings.warn(f"{path}: can't be locked ({error.strerror}): take care that no two processes share the folder", stacklevel=4)
        file.truncate(0)
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        file.write(json.dumps(owner) + "\n")
        file.flush()
        yield


def _owner(path):
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return {key: owner[key] for key in ("pid", "host", "since")}
    except (OSError, ValueError, KeyError, TypeError):
        return None
