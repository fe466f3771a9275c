"""Files that are there whole or not at all."""

import os


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
