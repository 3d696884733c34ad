"""Layers become a directory, and never reach out of it."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from localstack_dockerless.images import oci
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
