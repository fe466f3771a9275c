"""Pictures made of numbers: one scale of colours for all of parakeet, and PNG files without a library."""

import struct
import zlib

import numpy as np

COLOURS = np.array([[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]], np.float32)
"""Five colours of matplotlib's viridis (CC0), dark to light; lightness grows evenly, so that it reads in grey too."""


def shade(shares):
    """Colour numbers between 0 (dark) and 1 (light).

    Args:
        shares (ndarray): any shape, in [0, 1].

    Returns:
        ndarray: (..., 3) uint8.
    """
    places = shares * (len(COLOURS) - 1)
    below = np.clip(places.astype(int), 0, len(COLOURS) - 2)
    rest = (places - below)[..., None]
    return np.rint(COLOURS[below] * (1 - rest) + COLOURS[below + 1] * rest).astype(np.uint8)


def shaded_png(shares):
    """Write numbers between 0 and 1 as the bytes of a PNG file of 256 colours: small, and read by every browser.

    Args:
        shares (ndarray): (height, width), in [0, 1]; the first row is the top.

    Returns:
        bytes: the file.
    """
    height, width = shares.shape
    rows = np.rint(shares * 255).astype(np.uint8)
    lines = np.concatenate(
        [np.zeros((height, 1), np.uint8), rows], axis=1
    ).tobytes()  # each line begins with its filter: none
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = shade(np.arange(256) / 255).tobytes()
    parts = [(b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
