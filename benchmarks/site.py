"""The site: the build, and what a page weighs on the wire."""

import gzip
import subprocess
import sys

from _table import Row, median_ms, show

from coldstart.paths import SITE


def main() -> None:
    """Build three times and weigh the heaviest lab page."""
    floor = (
        median_ms(
            lambda: subprocess.run(
                [sys.executable, "-c", "import mkdocs.commands.build, material, nbformat"], check=True
            ),
            3,
        )
        / 1000
    )
    build = (
        median_ms(
            lambda: subprocess.run([sys.executable, "-m", "coldstart.cli", "site"], check=True, capture_output=True), 3
        )
        / 1000
    )
    rows = [Row("build (floor: its imports)", build, floor, "s", "4 s", build <= 4)]
    for page in sorted(SITE.glob("labs/*.html")):
        weight = len(gzip.compress(page.read_bytes(), 6)) / 1000
        rows.append(Row(f"labs/{page.name}, compressed", weight, None, "KB", "60 KB", weight <= 60))
    show("Site", rows)


if __name__ == "__main__":
    main()
