"""What a newer LocalStack or moto changes under a correction is noticed."""

import subprocess
import sys

import record


def test_every_corrected_function_is_still_the_one_that_its_correction_was_written_for():
    done = subprocess.run([sys.executable, record.__file__, "--print"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"A correction cannot be put in place:\n{done.stderr}"
    changed = set(done.stdout.splitlines()) ^ set(record.RECORD.read_text().splitlines())
    named = sorted({"{0}, corrected by {2}".format(*line.split(" ")) for line in changed})
    assert not named, "\n".join(["Read these, then type `python tests/corrections/record.py`:", *named])
