"""Where things are in the checkout."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
BOOK: Final = ROOT / "book"
LABS: Final = ROOT / "labs"
QUIZZES: Final = ROOT / "quizzes"
BUILD: Final = ROOT / "build"
RECORDS: Final = BUILD / "records"
SITE: Final = BUILD / "site"
# A learner may keep the copies elsewhere, and the tests do.
WORK: Final = Path(os.environ.get("COLDSTART_WORK") or ROOT / "work").resolve()
STATE: Final = ROOT / ".coldstart"
EMULATOR: Final = ROOT / "emulator"
