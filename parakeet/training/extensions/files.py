"""What a run left in its folder before: never overwritten, never deleted."""

import os


def set_aside(path, stem=None):
    """Rename a file to ``<stem>.old-<n><suffix>``, n the first that is free.

    Args:
        path (Path): the file; nothing happens if there is none.
        stem (str, optional): what to call it; its own stem when None.

    Returns:
        Path | None: where it is now.
    """
    if not path.exists():
        return None
    n = 1
    while os.path.lexists(target := path.with_name(f"{path.stem if stem is None else stem}.old-{n}{path.suffix}")):
        n += 1
    path.rename(target)
    return target
