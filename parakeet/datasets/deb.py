"""Debian packages as a source of recordings: found, fetched and read without root and without installing them."""

import bz2
import gzip
import io
import lzma
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path

from parakeet.errors import DataError, MissingDependencyError

_AR_MAGIC = b"!<arch>\n"
_AR_HEADER = 60
_DECOMPRESS = {"": bytes, ".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}


class DebPackage:
    """One .deb file: an ar archive that holds ``control.tar.*`` and ``data.tar.*`` (deb(5)).

    Args:
        path (str | Path): the file.

    Raises:
        DataError: if it is missing, truncated or no Debian package.
    """

    def __init__(self, path):
        self.path = Path(path)
        if not self.path.is_file():
            raise DataError(f"{self.path}: no such file, expected a Debian package (.deb).")
        self._members = _ar_members(self.path)
        if "debian-binary" not in self._members:
            raise DataError(f"{self.path}: isn't a Debian package: it holds no 'debian-binary'. Download it again.")
        control = dict(self._files("control", lambda name: name == "control")).get("control")
        if control is None:
            raise DataError(f"{self.path}: isn't a Debian package: it has no control file. Download it again.")
        fields = dict(line.split(":", 1) for line in control.decode("utf-8", "replace").splitlines() if ":" in line and line[0] != " ")
        self.name = fields.get("Package", "").strip()
        self.version = fields.get("Version", "").strip()

    def files(self, prefix=""):
        """Yield the regular files that the package would install, in the order of the archive.

        Args:
            prefix (str): only files whose path begins so, e.g. ``"usr/share/doc/"``.

        Yields:
            tuple[str, bytes]: the path without a leading slash, and the content.

        Raises:
            DataError: if the archive is damaged.
        """
        return self._files("data", lambda name: name.startswith(prefix))

    def _files(self, member, wanted):
        content = io.BytesIO(self._tar(member))
        try:
            with tarfile.open(fileobj=content, mode="r:") as tar:
                for entry in tar:
                    name = entry.name.removeprefix("./").lstrip("/")
                    if entry.isfile() and wanted(name):
                        yield name, tar.extractfile(entry).read()
        except tarfile.TarError as error:
            raise DataError(f"{self.path}: its {member} archive is damaged ({error}). Download the package again.") from error

    def _tar(self, member):
        """Decompress a member whole, which also verifies its checksum: tarfile stops reading before it."""
        name = next((n for n in self._members if n.startswith(f"{member}.tar")), None)
        if name is None:
            raise DataError(f"{self.path}: isn't a Debian package: it holds no '{member}.tar'. Download it again.")
        compression = name.removeprefix(f"{member}.tar")
        if compression == ".zst":
            return self._tar_by_dpkg(member)
        if compression not in _DECOMPRESS:
            raise DataError(f"{self.path}: its {name} is compressed in an unknown way, expected xz, gz, bz2 or zst.")
        try:
            return _DECOMPRESS[compression](self._members[name])
        except (lzma.LZMAError, zlib.error, EOFError, OSError) as error:
            raise DataError(f"{self.path}: its {member} archive is damaged ({error}). Download the package again.") from error

    def _tar_by_dpkg(self, member):
        """Decompress zstd (Ubuntu's packages), which the standard library of these Pythons doesn't know."""
        if shutil.which("dpkg-deb") is None:
            raise MissingDependencyError(
                f"{self.path}: is compressed with zstd and dpkg-deb isn't here to read it. Install dpkg, or give Debian's own "
                "package (https://packages.debian.org), which is compressed with xz."
            )
        option = {"control": "--ctrl-tarfile", "data": "--fsys-tarfile"}[member]
        run = subprocess.run(["dpkg-deb", option, str(self.path)], capture_output=True)
        if run.returncode != 0:
            raise DataError(f"{self.path}: dpkg-deb can't read it: {run.stderr.decode(errors='replace').strip()}")
        return run.stdout


def _ar_members(path):
    """Read an ar archive (the common format: a 60-byte header before each member, members padded to even offsets)."""
    content = path.read_bytes()
    if not content.startswith(_AR_MAGIC):
        raise DataError(f"{path}: isn't a Debian package (it doesn't begin with '!<arch>'). Download it again.")
    members, at = {}, len(_AR_MAGIC)
    while at < len(content):
        header = content[at : at + _AR_HEADER]
        size = header[48:58].strip()
        if len(header) < _AR_HEADER or header[58:] != b"`\n" or not size.isdigit():
            raise DataError(f"{path}: damaged at byte {at}: no member header there. Download the package again.")
        begin, end = at + _AR_HEADER, at + _AR_HEADER + int(size)
        if end > len(content):
            raise DataError(f"{path}: truncated: it promises {end} bytes and holds {len(content)}. Download the package again.")
        members[header[:16].decode("ascii", "replace").strip().rstrip("/")] = content[begin:end]
        at = end + end % 2
    return members


@contextmanager
def packages(names, given=None, progress=None):
    """Provide Debian packages: those given by hand, else fetched by ``apt-get download`` into a folder that vanishes afterwards.

    Args:
        names (Sequence[str]): the packages' names.
        given (str | Path | Sequence, optional): a folder that holds the .deb files, one such file, or several of either.
        progress (Callable, optional): called with (what: str, done: int, total: int).

    Yields:
        dict[str, DebPackage]: by name.

    Raises:
        DataError: if a package is not among those given, is there twice, or apt-get can't fetch it.
        MissingDependencyError: if nothing is given and there is no apt-get.
    """
    if given is not None:
        yield _pick(names, _deb_files(given))
        return
    with tempfile.TemporaryDirectory(prefix="parakeet-debs-") as folder:
        if progress is not None:
            progress(f"fetching {', '.join(names)}", 0, 1)
        _download(names, folder)
        if progress is not None:
            progress(f"fetching {', '.join(names)}", 1, 1)
        yield _pick(names, _deb_files(folder))


def _deb_files(given):
    paths = [given] if isinstance(given, (str, Path)) else list(given)
    files = []
    for path in map(Path, paths):
        if not path.exists():
            raise DataError(f"{path}: no such file or folder, expected Debian packages (.deb) there.")
        files += sorted(path.glob("*.deb")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{', '.join(map(str, paths))}: holds no .deb file. Give the folder that holds them, or the files.")
    return files


def _pick(names, files):
    found = {}
    for package in map(DebPackage, files):
        if package.name in names and package.name in found:
            raise DataError(f"two files hold the package {package.name}: {found[package.name].path} and {package.path}. Give one of them.")
        found[package.name] = package
    missing = [name for name in names if name not in found]
    if missing:
        raise DataError(
            f"missing Debian package{'s' if missing[1:] else ''} {', '.join(missing)}: found {', '.join(sorted(found))}. "
            f"Fetch with `apt-get download {' '.join(missing)}`, or from https://packages.debian.org/{missing[0]}."
        )
    return {name: found[name] for name in names}


def _download(names, folder):
    by_hand = (
        f"Or fetch {' and '.join(names)} by hand (https://packages.debian.org/{names[0]}, or `apt-get download` on another "
        "machine) and give the folder that holds them (--debs FOLDER)."
    )
    if shutil.which("apt-get") is None:
        raise MissingDependencyError(f"apt-get isn't here to fetch {', '.join(names)}: this isn't a Debian or Ubuntu system. {by_hand}")
    run = subprocess.run(["apt-get", "download", *names], cwd=folder, capture_output=True, text=True, errors="replace")
    if run.returncode == 0:
        return
    said = " / ".join(line for line in run.stderr.splitlines() if line.startswith("E:")) or run.stderr.strip() or "nothing"
    unknown = "Unable to locate" in said or "No packages found" in said or "no installation candidate" in said
    why = "its package lists are empty or hold other packages" if unknown else "the network or its package lists are out of order"
    raise DataError(
        f"apt-get can't fetch {', '.join(names)}: {why}. It says: {said}. "
        f"Bring the lists up to date (needs root): `sudo apt-get update`, then try again. {by_hand}"
    )
