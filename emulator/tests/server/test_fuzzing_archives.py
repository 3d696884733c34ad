"""Arbitrary archives: packages, or refused, and never anything outside the directory."""

from __future__ import annotations

import contextlib
import stat

import pytest
from fuzzing import FUZZ
from hypothesis import given
from hypothesis import strategies as st
from localstack_dockerless.executor import archive
from test_archives import LIMIT, made

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")
PARTS = st.sampled_from(["a", "b", "..", ".", "", "c:", "d\\e", "ä", "x\0", " ", "n" * 256])
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
KINDS = st.sampled_from([stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, 0])
ENTRIES = st.lists(
    st.tuples(
        NAMES, st.binary(max_size=40) | NAMES.map(str.encode), st.builds(int.__or__, KINDS, st.integers(0, 0o7777))
    ),
    max_size=5,
)


@st.composite
def damaged(draw):
    """An archive with some of its bytes changed, added or gone."""
    content = bytearray(made(*draw(ENTRIES)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(content) - 1)) if content else 0
        content[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(content)


@FUZZ
@given(content=st.binary(max_size=400) | damaged())
def test_arbitrary_bytes_are_a_package_or_refused(content):
    with contextlib.suppress(archive.ArchiveError):
        assert 0 <= archive.check(content, LIMIT) < LIMIT


@FUZZ
@given(content=damaged())
def test_what_is_taken_is_unpacked_as_it_was_counted_and_nowhere_else(tmp_path_factory, content):
    place = tmp_path_factory.mktemp("packages")
    try:
        size = archive.check(content, LIMIT)
    except archive.ArchiveError:
        return
    target, package, bait = place / "code", place / "package.zip", place / "a"
    target.mkdir()
    bait.mkdir()
    package.write_bytes(content)
    archive.extract(str(package), str(target))
    assert sorted(path.name for path in place.iterdir()) == ["a", "code", "package.zip"]
    assert not list(bait.iterdir())
    files = [path for path in target.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) <= size
    assert not any(path.stat().st_mode & 0o7000 for path in files)
