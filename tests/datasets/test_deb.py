import io
import shutil
import stat
import tarfile

import pytest

from parakeet.datasets.deb import DebPackage, packages
from parakeet.errors import DataError, MissingDependencyError

FILES = {"usr/share/doc/p/a.txt": b"alpha", "usr/share/doc/p/b.txt": b"", "usr/bin/p": bytes(range(256)) * 500}


@pytest.mark.parametrize("compression", ["xz", "gz", "bz2"])
def test_a_package_is_read_without_installing_it(tmp_path, make_deb, compression):
    package = DebPackage(make_deb(tmp_path / "renamed.deb", "p", FILES, compression))
    assert (package.name, package.version) == ("p", "1.6.1-1")
    assert dict(package.files()) == FILES
    assert [name for name, _ in package.files("usr/share/doc/p/")] == ["usr/share/doc/p/a.txt", "usr/share/doc/p/b.txt"]


def test_folders_and_links_are_passed_over(tmp_path, make_deb):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, kind in (("./usr", tarfile.DIRTYPE), ("./usr/link", tarfile.SYMTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            tar.addfile(entry)
    members = {"data.tar.xz": None, "data.tar.gz": buffer.getvalue()}
    assert list(DebPackage(make_deb(tmp_path / "p.deb", "p", {}, members=members)).files()) == []


def test_what_is_no_package_is_refused(tmp_path, make_deb):
    with pytest.raises(DataError, match="no such file, expected a Debian package"):
        DebPackage(tmp_path / "none.deb")
    (tmp_path / "text.deb").write_text("<html>404</html>")
    with pytest.raises(DataError, match=r"text.deb: isn't a Debian package \(it doesn't begin with '!<arch>'\). Download it again."):
        DebPackage(tmp_path / "text.deb")
    with pytest.raises(DataError, match="it holds no 'debian-binary'"):
        DebPackage(make_deb(tmp_path / "p.deb", "p", {}, members={"debian-binary": None}))
    with pytest.raises(DataError, match="it holds no 'control.tar'"):
        DebPackage(make_deb(tmp_path / "p.deb", "p", {}, members={"control.tar.xz": None}))
    with pytest.raises(DataError, match="it holds no 'data.tar'"):
        list(DebPackage(make_deb(tmp_path / "p.deb", "p", {}, members={"data.tar.xz": None})).files())


def test_an_archive_that_is_no_tar_is_refused(tmp_path, make_deb):
    path = make_deb(tmp_path / "p.deb", "p", {}, members={"data.tar.xz": None, "data.tar": b"no tar" * 100})
    with pytest.raises(DataError, match="p.deb: its data archive is damaged"):
        list(DebPackage(path).files())


def test_an_unknown_compression_is_refused(tmp_path, make_deb):
    path = make_deb(tmp_path / "p.deb", "p", {}, members={"control.tar.xz": None, "control.tar.lzo": b"x"})
    with pytest.raises(DataError, match="its control.tar.lzo is compressed in an unknown way, expected xz, gz, bz2 or zst"):
        DebPackage(path)


def test_a_truncated_download_is_refused(tmp_path, make_deb):
    whole = make_deb(tmp_path / "p.deb", "p", FILES).read_bytes()
    (tmp_path / "half.deb").write_bytes(whole[:-50])
    with pytest.raises(DataError, match=rf"half.deb: truncated: it promises \d+ bytes and holds {len(whole) - 50}. Download"):
        DebPackage(tmp_path / "half.deb")
    (tmp_path / "half.deb").write_bytes(whole[:100])
    with pytest.raises(DataError, match="half.deb: damaged at byte 72: no member header there"):
        DebPackage(tmp_path / "half.deb")


@pytest.mark.parametrize("compression", ["xz", "gz"])
def test_a_damaged_archive_is_refused(tmp_path, make_deb, compression):
    path = make_deb(tmp_path / "p.deb", "p", FILES, compression)
    content = bytearray(path.read_bytes())
    content[-20] ^= 0xFF  # within the checksums at the end, behind the last file
    content[-6] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataError, match="p.deb: its data archive is damaged .* Download the package again"):
        list(DebPackage(path).files())


@pytest.mark.skipif(not shutil.which("dpkg-deb") or not shutil.which("zstd"), reason="needs dpkg-deb and zstd")
def test_a_package_compressed_with_zstd_is_read_by_dpkg(tmp_path, make_deb):
    import subprocess

    make_deb(tmp_path / "p.deb", "p", FILES)
    package = DebPackage(tmp_path / "p.deb")
    members = {}
    for name in ("control", "data"):
        tar = subprocess.run(["xz", "-dc"], input=package._members[f"{name}.tar.xz"], capture_output=True, check=True).stdout
        members |= {f"{name}.tar.xz": None, f"{name}.tar.zst": subprocess.run(["zstd"], input=tar, capture_output=True, check=True).stdout}
    zst = DebPackage(make_deb(tmp_path / "z.deb", "p", FILES, members=members))
    assert zst.name == "p"
    assert dict(zst.files()) == FILES


def test_zstd_without_dpkg_says_what_to_do(tmp_path, make_deb, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    path = make_deb(tmp_path / "p.deb", "p", {}, members={"control.tar.xz": None, "control.tar.zst": b"x"})
    with pytest.raises(MissingDependencyError, match="compressed with zstd and dpkg-deb isn't here to read it. Install dpkg, or give"):
        DebPackage(path)


def test_packages_are_found_by_what_they_hold_not_by_their_file_names(tmp_path, make_deb):
    make_deb(tmp_path / "one.deb", "p", FILES)
    two = make_deb(tmp_path / "two.deb", "q", FILES)
    make_deb(tmp_path / "three.deb", "unasked", FILES)
    with packages(["p", "q"], tmp_path) as found:
        assert {name: package.path.name for name, package in found.items()} == {"p": "one.deb", "q": "two.deb"}
    with packages(["q"], two) as found:
        assert list(found) == ["q"]
    with packages(["p", "q"], [str(tmp_path / "one.deb"), two]) as found:
        assert list(found) == ["p", "q"]


def test_packages_given_by_hand_that_do_not_fit_are_refused(tmp_path, make_deb):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty: holds no .deb file. Give the folder that holds them, or the files."), \
            packages(["p"], tmp_path / "empty"):
        pass
    with pytest.raises(DataError, match="nowhere: no such file or folder"), packages(["p"], tmp_path / "nowhere"):
        pass
    make_deb(tmp_path / "one.deb", "p", FILES)
    with pytest.raises(DataError) as caught, packages(["p", "q"], tmp_path):
        pass
    assert str(caught.value) == (
        "missing Debian package q: found p. Fetch with `apt-get download q`, or from https://packages.debian.org/q."
    )
    make_deb(tmp_path / "again.deb", "p", FILES)
    with pytest.raises(DataError, match=r"two files hold the package p: .*again.deb and .*one.deb. Give one of them."), \
            packages(["p"], tmp_path):
        pass


@pytest.fixture
def apt(tmp_path, monkeypatch):
    """apt(script): an apt-get that does as the script says, instead of the machine's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def install(script):
        (folder / "apt-get").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "apt-get").chmod(stat.S_IRWXU)

    return install


def test_packages_are_fetched_into_a_folder_that_vanishes(tmp_path, make_deb, apt):
    make_deb(tmp_path / "p.deb", "p", FILES)
    apt(f'echo "$@" > {tmp_path}/asked; pwd >> {tmp_path}/asked; cp {tmp_path}/p.deb .')
    said = []
    with packages(["p"], progress=lambda *what: said.append(what)) as found:
        assert dict(found["p"].files()) == FILES
    asked, folder = (tmp_path / "asked").read_text().splitlines()
    assert asked == "download p"
    assert not shutil.os.path.exists(folder)
    assert said == [("fetching p", 0, 1), ("fetching p", 1, 1)]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ('echo "E: Unable to locate package p" >&2; exit 100', "its package lists are empty or hold other packages. It says: E: Unable"),
        ('echo "W: x\nE: Failed to fetch http://x 404" >&2; exit 100', "are out of order. It says: E: Failed to fetch http://x 404."),
        ("exit 1", "It says: nothing."),
    ],
)
def test_apt_that_cannot_fetch_says_why_and_what_to_do(apt, script, why):
    apt(script)
    with pytest.raises(DataError) as caught, packages(["p", "q"]):
        pass
    assert str(caught.value).startswith("apt-get can't fetch p, q: ")
    assert why in str(caught.value)
    assert "Bring the lists up to date (needs root): `sudo apt-get update`, then try again." in str(caught.value)
    assert "Or fetch p and q by hand (https://packages.debian.org/p, " in str(caught.value)
    assert "give the folder that holds them (--debs FOLDER)" in str(caught.value)


def test_a_system_without_apt_is_told_to_fetch_by_hand(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependencyError, match="apt-get isn't here to fetch p: .* Or fetch p by hand"), packages(["p"]):
        pass
