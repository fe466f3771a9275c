"""Debian packages for tests, put together from the formats' descriptions: ar(5), deb(5)."""

import io
import tarfile

import pytest


def _tar(files, compression):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{compression}") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _ar(members):
    parts = [b"!<arch>\n"]
    for name, content in members.items():
        parts += [f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode(), content, b"\n" * (len(content) % 2)]
    return b"".join(parts)


@pytest.fixture
def make_deb():
    """make_deb(path, package, files, compression="xz", members=None): `members` replaces or, with None, drops members of the archive."""

    def make(path, package, files, compression="xz", version="1.6.1-1", members=None):
        control = f"Package: {package}\nVersion: {version}\nDescription: a test\n Package: of several lines\n".encode()
        content = {
            "debian-binary": b"2.0\n",
            f"control.tar.{compression}": _tar({"control": control}, compression),
            f"data.tar.{compression}": _tar(files, compression),
        } | (members or {})
        path.write_bytes(_ar({name: data for name, data in content.items() if data is not None}))
        return path

    return make
