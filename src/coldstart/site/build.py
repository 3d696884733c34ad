"""Build the site into a folder, all of it or none of it."""

import logging
import os
import tempfile
from pathlib import Path

from coldstart.errors import CourseError
from coldstart.paths import ROOT, SITE

os.environ["NO_MKDOCS_2_WARNING"] = "1"  # The notice about MkDocs 2 would greet every learner.


class _Warnings(logging.Handler):
    """Collect what MkDocs warns of, to say it in our own error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def build(*, strict: bool = True, folder: Path = SITE) -> Path:
    """Build the site.

    The pages are written beside the folder and take its place at the end, so that a reader never meets half a site.

    Args:
        strict: Refuse a site with a broken link or a page that nothing leads to.
        folder: Where the site shall be.

    Returns:
        The folder.

    Raises:
        CourseError: A chapter, a lab or a question file is at fault, or the disk; the sentence names it.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".site-") as scratch:
            fresh = Path(scratch) / "site"
            _run(fresh, strict=strict)
            if folder.exists():
                folder.rename(Path(scratch) / "old")
            fresh.rename(folder)
    except OSError as error:
        raise CourseError(f"The site cannot be built into {folder}: {error.strerror or error}.") from error
    return folder


def _run(folder: Path, *, strict: bool) -> None:
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, MkDocsException

    warnings, log = _Warnings(), logging.getLogger("mkdocs")
    log.addHandler(warnings)
    try:
        config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=strict)
        config.plugins.on_startup(command="build", dirty=False)
        mkdocs_build(config)
        config.plugins.on_shutdown()
    except (Abort, MkDocsException) as error:
        raise CourseError(f"The site cannot be built: {'; '.join(warnings.messages) or error}.") from error
    finally:
        log.removeHandler(warnings)
