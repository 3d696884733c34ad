"""Layers become a directory, and never reach out of it."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from localstack_dockerless.images import oci
from localstack_dockerless.images import unpack as unpacking
from localstack_dockerless.images.tree import TooManyLinks, inside
from localstack_dockerless.images.unpack import InvalidImage, Layer, unpack

DIRECTORY, LINK, HARD, DEVICE, PIPE = b"5", b"2", b"1", b"3", b"6"


@pytest.fixture
def layer(tmp_path):
    """Makes layers of (name, content or kind and target, mode)."""
    made = []

    def make(*entries, compressed=True):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for name, what, *mode in entries:
                member = tarfile.TarInfo(name)
                member.mode = mode[0] if mode else 0o644
                content = None
                if isinstance(what, str):
                    content = what.encode()
                    member.size = len(content)
                else:
                    member.type, member.linkname = what
                tar.addfile(member, io.BytesIO(content) if content is not None else None)
        content = buffer.getvalue()
        packed = gzip.compress(content) if compressed else content
        file = tmp_path / f"layer{len(made)}"
        file.write_bytes(packed)
        made.append(Layer(oci.digest(packed), file, oci.digest(content)))
        return made[-1]

    return make


@pytest.fixture
def root(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("untouched")
    return tmp_path / "root"


def test_later_layers_win_and_modes_are_kept(layer, root):
    first = layer(("app", (DIRECTORY, ""), 0o755), ("app/a", "old", 0o755), ("app/b", "b"))
    unpack([first, layer(("app/a", "new", 0o600), compressed=False)], root)
    assert ((root / "app/a").read_text(), (root / "app/b").read_text()) == ("new", "b")
    assert [(root / f"app/{name}").stat().st_mode & 0o777 for name in "ab"] == [0o600, 0o644]


def test_nothing_gets_the_rights_of_its_owner(layer, root):
    unpack([layer(("su", "", 0o6755))], root)
    assert (root / "su").stat().st_mode & 0o7777 == 0o755


def test_whiteouts_remove_what_lower_layers_have(layer, root):
    lower = layer(("app/a", ""), ("app/b", ""), ("gone/x", ""), ("full/old", ""), ("link", (LINK, "app/b")))
    upper = layer(("app/.wh.a", ""), (".wh.gone", ""), ("full/new", ""), ("full/.wh..wh..opq", ""), (".wh.link", ""))
    unpack([lower, upper], root)
    assert [entry.name for entry in (root / "app").iterdir()] == ["b"]
    assert [entry.name for entry in (root / "full").iterdir()] == ["new"]
    assert not (root / "gone").exists()
    assert not (root / "link").is_symlink()


@pytest.mark.parametrize("target", ["/outside", "../outside", "/../../../outside", "outside"])
def test_links_are_followed_within_the_image(layer, root, target):
    link = layer(("outside", (DIRECTORY, "")), ("way", (LINK, target)))
    unpack([link, layer(("way/new", "inside"), ("way/.wh.secret", ""))], root)
    assert (root / "outside/new").read_text() == "inside"
    assert [entry.name for entry in (root.parent / "outside").iterdir()] == ["secret"]


def test_a_file_takes_the_place_of_a_link_and_not_that_of_its_target(layer, root):
    link = layer(("file", (LINK, str(root.parent / "outside/secret"))))
    unpack([link, layer(("file", "mine"))], root)
    assert ((root / "file").read_text(), (root / "file").is_symlink()) == ("mine", False)
    assert (root.parent / "outside/secret").read_text() == "untouched"


def test_hard_links_are_links_to_files_of_the_image(layer, root):
    unpack([layer(("a", "text"), ("b", (HARD, "/a")), ("c", (HARD, "../../a")))], root)
    assert (root / "a").stat().st_ino == (root / "b").stat().st_ino == (root / "c").stat().st_ino


@pytest.mark.parametrize(
    "entry",
    [
        ("../outside/secret", "changed"),
        ("a/../../outside/secret", "changed"),
        ("secret", (HARD, "outside/secret")),
        ("secret", (HARD, "..")),
        ("a/.wh...", ""),
        ("a/.wh.", ""),
        ("n" * 300, ""),
    ],
)
def test_what_leads_out_of_the_image_or_nowhere_is_refused(layer, root, entry):
    with pytest.raises(InvalidImage, match="ImageLayerFailure: UnsupportedImageLayerDetected - Layer Digest sha256:"):
        unpack([layer(entry)], root)
    assert (root.parent / "outside/secret").read_text() == "untouched"


def test_links_in_a_circle_are_refused(layer, root):
    with pytest.raises(InvalidImage):
        unpack([layer(("a", (LINK, "b")), ("b", (LINK, "a")), ("a/file", ""))], root)
    with pytest.raises(TooManyLinks):
        inside(root, "a/file")


def test_devices_and_pipes_are_left_out(layer, root):
    unpack([layer(("null", (DEVICE, "")), ("pipe", (PIPE, "")), ("file", ""))], root)
    assert (root / "file").exists()
    assert not (root / "null").exists()
    assert not (root / "pipe").exists()


@pytest.mark.parametrize("place", ["etc", "var", "tmp", "opt"])
def test_what_is_mounted_over_is_no_link(layer, root, place):
    with pytest.raises(InvalidImage, match=f"/{place} of the image has to be a directory"):
        unpack([layer((place, (LINK, str(root.parent / "outside"))))], root)
    assert [entry.name for entry in (root.parent / "outside").iterdir()] == ["secret"]


def test_an_image_may_have_so_many_bytes_in_all_its_layers(layer, root):
    layers = [layer(("a", "x" * 20_000)), layer(("b", "y" * 20_000))]
    unpack(layers, root, largest=70_000)
    with pytest.raises(InvalidImage, match="Uncompressed container image size exceeds 10 GiB limit"):
        unpack(layers, root.with_name("another"), largest=50_000)


def test_a_header_of_any_size_is_not_read(layer, root, tmp_path):
    with pytest.raises(InvalidImage, match="a header is too long"):
        unpack([layer((f"{'n' * 2_000_000}", ""))], root)


@pytest.mark.parametrize("damage", [lambda content: content[:-20], lambda content: b"", lambda content: b"x" * 2000])
def test_a_damaged_layer_is_refused(layer, root, damage):
    one = layer(("a", "text"))
    one.file.write_bytes(damage(one.file.read_bytes()))
    with pytest.raises(InvalidImage):
        unpack([one], root)


def test_a_layer_that_is_not_what_the_configuration_says_is_refused(layer, root):
    one = layer(("a", "text"))
    with pytest.raises(InvalidImage, match="its content is not what the image's configuration says"):
        unpack([Layer(one.digest, one.file, oci.digest(b""))], root)


@pytest.mark.parametrize("order", [1, -1], ids=["before", "after"])
def test_a_directory_is_emptied_of_what_lies_deep_in_it_wherever_the_layer_says_so(layer, root, order):
    lower = layer(("app", (DIRECTORY, "")), ("app/sub", (DIRECTORY, "")), ("app/sub/old", ""), ("app/gone/old", ""))
    upper = [("app/.wh..wh..opq", ""), ("app/sub/new", "")][::order]
    unpack([lower, layer(*upper)], root)
    assert [str(path.relative_to(root / "app")) for path in sorted((root / "app").rglob("*"))] == ["sub", "sub/new"]


def header(kind, size=0, name="x"):
    """Of one entry, as GNU's tar has it."""
    member = tarfile.TarInfo(name)
    member.type, member.size = kind, size
    return member.tobuf(tarfile.GNU_FORMAT)


def signed(block):
    """A header whose checksum is right."""
    block = bytearray(block)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def additions(**values):
    """To the header that follows."""
    body = b"".join(
        b"%03d %s=%s\n" % (len(name) + len(value) + 6, name.encode(), value) for name, value in values.items()
    )
    return header(tarfile.XHDTYPE, len(body)) + body.ljust(-(-len(body) // 512) * 512, b"\0")


SPARSE = bytearray(header(tarfile.GNUTYPE_SPARSE))
SPARSE[483:495] = b"%011o\0" % (1 << 32)  # bytes that the file is to have
GLOBAL = b"1048570 x=".ljust(1048569, b"y") + b"\n"
HOSTILE = {
    "names": (header(tarfile.GNUTYPE_LONGNAME, 2) + b"a".ljust(512, b"\0")) * 2000,
    "additions": additions(comment=b"x") * 2000,
    "sparse": signed(SPARSE) + bytes(1024),
    "sparse, goes on": signed(SPARSE[:482] + b"\1" + SPARSE[483:]),
    "sparse by additions": additions(**{"GNU.sparse.map": b"0,1", "GNU.sparse.size": b"4294967296"})
    + header(tarfile.REGTYPE, 1) + bytes(1536),
    "global": (header(tarfile.XGLTYPE, len(GLOBAL)) + GLOBAL.ljust(1 << 20, b"\0") + header(tarfile.REGTYPE)) * 2,
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_headers_that_call_for_more_than_there_is_are_refused(root, tmp_path, content):
    """Headers in a row, files of gigabytes without content, settings for all files without end."""
    file = tmp_path / "layer"
    file.write_bytes(content)
    with pytest.raises(InvalidImage, match="UnsupportedImageLayerDetected"):
        unpack([Layer(oci.digest(content), file, oci.digest(content))], root)
    assert not [path for path in root.rglob("*") if path.stat().st_size > 1 << 20]


def test_files_that_are_unpacked_are_not_remembered(layer, root, monkeypatch):
    """Python's reader keeps each one's header: a gigabyte for as many as an image may have."""
    seen = []
    take = unpacking._Unpacking._take

    def look(self, tar, member):
        seen.append(len(tar.members))
        take(self, tar, member)

    monkeypatch.setattr(unpacking._Unpacking, "_take", look)
    unpack([layer(*((f"file{number}", "") for number in range(10)))], root)
    assert max(seen) == 1
