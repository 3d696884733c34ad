"""One built site, served once, for all tests of the session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coldstart.site.build import build
from coldstart.site.serve import serve

JUPYTER = "http://127.0.0.1:8149/lab?token=a-token"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(folder=tmp_path_factory.mktemp("site") / "site")


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with serve(site, 0, lab_url=JUPYTER) as address:
        yield address
