"""Made-up questions and facts, so that the surfaces are tested whatever the course asks."""

from pathlib import Path

import pytest
from exported import TRACE, every_bank

from coldstart.facts import Facts
from coldstart.facts.model import KEYS, SHAPE
from coldstart.facts.source import read
from coldstart.quiz.bank import build
from coldstart.quiz.model import load_file

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def progress_file(tmp_path, monkeypatch):
    """The learner's file, in a folder of this test's own: also for the programs that it starts."""
    path = tmp_path / "learner" / "progress.json"
    monkeypatch.setenv("COLDSTART_PROGRESS", str(path))
    return path


@pytest.fixture(scope="session")
def facts():
    return Facts(read(HERE / "sample_facts.yaml", SHAPE, KEYS))


@pytest.fixture(scope="session")
def sample(facts):
    """The bank of the made-up questions."""
    return build("02-memory-cpu", "Memory and CPU", load_file(HERE / "02-memory-cpu.yaml"), facts)


@pytest.fixture(scope="session")
def tricky(sample):
    """The made-up questions and one more, with code where formats have marks."""
    return {**sample, "questions": [*sample["questions"], TRACE]}


@pytest.fixture(scope="session")
def banks(tricky):
    """All that the course asks, and the made-up questions in a section of their own."""
    return [*every_bank(), {**tricky, "section": "99-demo", "title": "Demo: a/b {c}"}]
