"""Files that are there whole or not at all."""

import os
import tempfile
from pathlib import Path

from coldstart.errors import CourseError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, or leave what was there: an interruption or a full disk never leaves half of it.

    Raises:
        CourseError: It could not be written.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise CourseError(
            f"{path} could not be written ({error.strerror}); what was there before is still there."
        ) from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
