"""Archives by anybody: what is no package is refused quickly, and nothing is written where it does not belong."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest
from localstack_dockerless.executor import archive
from localstack_dockerless.executor.archive import ArchiveError, EmptyError, TooLargeError

LIMIT = 1_000_000
OUTSIDE = [
    "../up.py",
    "a/../../up.py",
    "/etc/up.py",
    "..",
    "a/..",
    "x\0.py",
    "n" * 256,
    "d/" * 1_500 + "x",
    "n" * 5_000,
]


def made(*entries, method=zipfile.ZIP_DEFLATED):
    """An archive of (name, content, mode); names as they are, however wrong."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as package:
        for name, content, mode in entries:
            info = zipfile.ZipInfo("placeholder")
            info.filename = info.orig_filename = name
            info.external_attr, info.create_system, info.compress_type = mode << 16, 3, method
            package.writestr(info, content)
    return buffer.getvalue()


def file(name="a.py", content=b"pass", mode=0o644):
    return name, content, stat.S_IFREG | mode


def link(name, target):
    return name, target, stat.S_IFLNK | 0o777


def unpacked(content, directory):
    """Look at it and unpack it, as a server does."""
    archive.check(content, LIMIT)
    package, target = directory / "package.zip", directory / "code"
    package.write_bytes(content)
    target.mkdir()
    archive.extract(str(package), str(target))
    return target


def patched(content, offset, value):
    """Some bytes of the archive's directory changed."""
    at = content.rindex(b"PK\x01\x02") + offset
    return content[:at] + value + content[at + len(value) :]


@pytest.mark.parametrize("name", OUTSIDE, ids=lambda name: repr(name[:12]))
def test_a_name_that_leads_out_or_nowhere_is_refused(name):
    with pytest.raises(ArchiveError):
        archive.check(made(file(name)), LIMIT)


@pytest.mark.parametrize("name", ["C:\\windows\\x.py", "..\\up.py", "a b.py", "ä.py", "./a.py", "a//b.py"])
def test_other_names_are_names(name, tmp_path):
    target = unpacked(made(file(name)), tmp_path)
    (found,) = [path for path in target.rglob("*") if path.is_file()]
    assert found.relative_to(target) == type(target)(name)


def test_nothing_is_written_behind_a_link(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    for entries in ([link("d", str(outside)), file("d/x")], [file("d/x"), link("d", str(outside))]):
        with pytest.raises(ArchiveError):
            archive.check(made(*entries), LIMIT)
    with pytest.raises(ArchiveError):
        archive.check(made(link("d", str(outside)), link("d/x", "y")), LIMIT)


def test_links_are_kept_as_they_are_and_followed_by_nobody(tmp_path):
    target = unpacked(made(link("inside", "a.py"), link("away", "/nowhere/at/all"), file()), tmp_path)
    assert (target / "inside").read_bytes() == b"pass"
    assert (target / "away").is_symlink()
    assert not (target / "away").exists()


@pytest.mark.parametrize("target", ["", "a\0b", "x" * 3_000])
def test_a_link_leads_somewhere(target):
    with pytest.raises(ArchiveError):
        archive.check(made(link("l", target)), LIMIT)


@pytest.mark.parametrize("later", [file("x/y"), ("x/", b"", stat.S_IFDIR | 0o755)])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_path_is_a_file_or_a_directory(later, backwards):
    entries = [file("x"), later]
    with pytest.raises(ArchiveError):
        archive.check(made(*(entries[::-1] if backwards else entries)), LIMIT)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_files_alike_the_last_counts(tmp_path):
    target = unpacked(made(file(content=b"one"), file(content=b"two")), tmp_path)
    assert (target / "a.py").read_bytes() == b"two"


@pytest.mark.parametrize("kind", [stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_devices_pipes_and_sockets_are_refused(kind):
    with pytest.raises(ArchiveError):
        archive.check(made(("device", b"", kind | 0o666)), LIMIT)


def test_no_file_makes_its_user_another(tmp_path):
    target = unpacked(made(file("tool", mode=0o6755), file("data", mode=0o1640)), tmp_path)
    assert stat.S_IMODE((target / "tool").stat().st_mode) == 0o755
    assert stat.S_IMODE((target / "data").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"#!/bin/sh",
        made(file())[:-8],
        made(file())[:40],
        made(file(content=b"x" * 999))[200:],
        patched(made(file()), 8, b"\x01\x00"),  # encrypted
        patched(made(file()), 10, b"\x63\x00"),  # a method nobody knows
        patched(made(file()), 16, b"\0\0\0\0"),  # another checksum
        patched(made(file()), 24, struct.pack("<L", 2)),  # shorter than it is
        patched(made(file()), 24, struct.pack("<L", 9_999)),  # longer than it is
        patched(made(file()), 42, struct.pack("<L", 9_999)),  # begins somewhere else
        patched(made(file()), 20, b"\xff\xff\xff\xff\xff\xff\xff\xff"),  # sizes in an extension that is not there
        made(file(), method=zipfile.ZIP_BZIP2),
        made(file(), method=zipfile.ZIP_LZMA),
    ],
    ids=range(15),
)
def test_a_broken_or_a_strange_archive_is_refused(content):
    with pytest.raises(ArchiveError):
        archive.check(content, LIMIT)


def test_a_name_that_says_it_is_unicode_and_is_not_is_refused():
    content = made(file("ä.py")).replace("ä.py".encode(), b"\xff\xfe.py")
    with pytest.raises(ArchiveError):
        archive.check(content, LIMIT)


def test_an_archive_in_an_archive_is_a_file(tmp_path):
    inner = made(file(content=b"0" * 900_000))
    assert (unpacked(made(file("inner.zip", inner)), tmp_path) / "inner.zip").read_bytes() == inner


def test_what_claims_to_be_large_is_refused_unread():
    content = patched(made(file()), 24, struct.pack("<L", 0xFFFFFFFE))
    with pytest.raises(TooLargeError):
        archive.check(content, LIMIT)


def test_many_that_are_one_another_are_counted_one_by_one():
    """Entries may share their content: a small file, and a great deal to unpack."""
    one = made(file(content=b"0" * 100_000))
    at = one.index(b"PK\x01\x02")
    head, entry, end = one[:at], one[at : one.index(b"PK\x05\x06")], one[one.index(b"PK\x05\x06") :]
    count = 50
    end = end[:8] + struct.pack("<HHL", count, count, count * len(entry)) + end[16:]
    with pytest.raises(TooLargeError):
        archive.check(head + entry * count + end, LIMIT)


def test_ten_million_entries_are_not_read_one_by_one(monkeypatch):
    entry = b"PK\x01\x02" + bytes(42)
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 0xFFFF, 0xFFFF, 46 * 70_000, 0, 0)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(ArchiveError):
        archive.check(entry * 70_000 + end, LIMIT)


def test_a_stream_that_goes_on_after_its_end_is_refused():
    """64 MB in 64 KB that claim to be less than they may: no more than that is unpacked."""
    bomb = made(file(content=bytes(64 << 20)))
    with pytest.raises(ArchiveError):
        archive.check(patched(bomb, 24, struct.pack("<L", 900_000)), LIMIT)


def test_what_is_there_is_counted():
    entries = [file("a", b"0" * 400_000), file("b", b"1" * 599_999)]
    assert archive.check(made(*entries), LIMIT) == 999_999
    with pytest.raises(TooLargeError):
        archive.check(made(*entries, file("c", b"2")), LIMIT)


def test_an_archive_without_files_is_empty():
    for content in (made(), made(("d/", b"", stat.S_IFDIR | 0o755))):
        with pytest.raises(EmptyError):
            archive.check(content, LIMIT)
    assert archive.check(made(file(content=b"")), LIMIT) == 0
