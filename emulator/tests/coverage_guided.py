"""Look for more than the tests do: their properties, with input that is steered by what it covers.

    ../.uv/bin/uv pip install --target build/atheris atheris     # any uv; not among the locked requirements
    PYTHONPATH=build/atheris .venv/bin/python tests/coverage_guided.py PROPERTY [SECONDS]

Without arguments it lists the properties. Whatever breaks one ends it with the traceback; keep that as a test of its own.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

TESTS = Path(__file__).parent
SECONDS = 60
PROPERTIES = {
    # Those that need nothing but their input.
    "executor/test_fuzzing_runtime_api.py": [
        "test_requests_are_read_as_they_were_sent_however_they_are_cut",
        "test_arbitrary_bytes_are_requests_or_none",
    ],
    "server/test_fuzzing_archives.py": ["test_arbitrary_bytes_are_a_package_or_refused"],
    "server/test_fuzzing_policies.py": [
        "test_arbitrary_documents_are_policies_or_malformed",
        "test_arbitrary_texts_are_policies_or_malformed",
        "test_a_decision_is_what_the_rules_say",
    ],
    "services/test_fuzzing_events.py": [
        "test_a_load_balancer_s_event_holds_the_request",
        "test_an_http_api_s_events_hold_the_request",
        "test_a_load_balancer_answers_or_calls_it_malformed",
    ],
}
FILES = {name: file for file, names in PROPERTIES.items() for name in names}


def load(file: str) -> ModuleType:
    """Import a file of tests as pytest does, with the package instrumented."""
    import atheris

    folder = (TESTS / file).parent
    sys.path[:0] = [str(TESTS), str(folder)]
    with atheris.instrument_imports(include=["localstack_dockerless"]):
        return importlib.import_module(Path(file).stem)


def main(words: list[str]) -> None:
    """Try one property for a while."""
    if not words or words[0] not in FILES:
        raise SystemExit("\n".join(FILES))
    import atheris

    test: Any = getattr(load(FILES[words[0]]), words[0])
    one: Callable[[bytes], Any] = test.hypothesis.fuzz_one_input
    seconds = words[1] if len(words) > 1 else str(SECONDS)
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
