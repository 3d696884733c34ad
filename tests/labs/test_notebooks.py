"""What every notebook looks like, before it runs."""

import ast
import re
from collections import Counter

import pytest

from coldstart import facts
from coldstart.course import sections
from coldstart.lab import checking, notebook
from coldstart.lab.face import FACT
from coldstart.lab.stable import MEASURED

LABS = [pytest.param(found, id=found.slug) for found in sections() if found.lab.exists()]
TAGS = {
    *("setup", "solution", "hint", "check", "predict", "exercise", "instructor", "cleanup", "measured", "fact"),
    *("remove-cell", "remove-input"),
}


@pytest.fixture
def nb(section):
    return notebook.read(section.lab)


def _tagged(nb, tag):
    return [cell for cell in nb.cells if tag in notebook.tags(cell)]


def _code(nb):
    return "\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")


def test_cell_ids_are_unique_over_all_labs():
    ids = Counter(cell.id for found in sections() if found.lab.exists() for cell in notebook.read(found.lab).cells)
    assert [name for name, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("section", LABS)
class TestEveryLab:
    def test_cell_ids_start_with_the_section(self, section, nb):
        assert [cell.id for cell in nb.cells if not cell.id.startswith(f"{section.slug}-")] == []

    def test_tags_are_known(self, section, nb):
        assert {tag for cell in nb.cells for tag in notebook.tags(cell)} <= TAGS

    def test_nothing_of_the_machine_is_stored(self, section, nb):
        assert set(nb.metadata) == {"kernelspec"}
        assert [cell.id for cell in nb.cells if set(cell.metadata) - {"tags"}] == []

    def test_it_says_time_and_skills_as_the_course_does(self, section, nb):
        minutes, skills = re.search(
            r"^(\d+) minutes\. Exam skills?: ([\d., ]+)\. ", nb.cells[0].source, re.MULTILINE
        ).groups()
        assert (int(minutes), tuple(skills.split(", "))) == (section.minutes, section.skills)

    @pytest.mark.parametrize(
        ("tag", "least"),
        [("setup", 1), ("cleanup", 1), ("predict", 2), ("exercise", 2), ("solution", 2), ("instructor", 1)],
    )
    def test_its_parts_are_there(self, section, nb, tag, least):
        assert len(_tagged(nb, tag)) >= least

    @pytest.mark.parametrize("heading", ["Your checks", "Clean up", "Differs from AWS", "What next"])
    def test_it_ends_as_every_lab_ends(self, section, nb, heading):
        assert f"## {heading}\n" in "\n".join(f"{cell.source}\n" for cell in nb.cells if cell.cell_type == "markdown")

    def test_every_solution_names_its_task_and_a_check_follows(self, section, nb):
        for place, cell in enumerate(nb.cells):
            if "solution" in notebook.tags(cell):
                assert re.match(r"# Solution: \w", cell.source), cell.id
                assert "check" in notebook.tags(nb.cells[place + 1]), cell.id

    def test_every_solution_comes_with_hints(self, section, nb):
        for place, cell in enumerate(nb.cells):
            if "solution" in notebook.tags(cell):
                assert "hint" in notebook.tags(nb.cells[place - 1]), cell.id

    def test_it_asks_for_every_check_and_for_no_other(self, section, nb):
        asked = {
            name for call in re.findall(r"lab\.check\(([^)]*)\)", _code(nb)) for name in re.findall(r'"([^"]+)"', call)
        }
        known = checking.load(section.slug)
        assert asked == set(known)
        assert len(known) >= 4

    def test_it_uses_every_handler(self, section, nb):
        there = {path.name for path in section.functions.iterdir() if path.name != "__pycache__"}
        assert [name for name in there if f'"{name}"' not in _code(nb)] == []

    def test_it_knows_nothing_of_the_project_but_its_face(self, section, nb):
        imported = [node for node in ast.walk(ast.parse(_code(nb))) if isinstance(node, ast.ImportFrom)]
        assert {
            (node.module, *(name.name for name in node.names)) for node in imported if "coldstart" in node.module
        } == {("coldstart", "lab")}

    def test_it_names_no_emulator(self, section, nb):
        assert not re.search(r"endpoint_url|localhost|127\.0\.0\.1|dockerless", _code(nb))

    def test_everything_that_it_makes_bears_its_name(self, section, nb):
        assert f'"coldstart-{section.number}-' in _code(nb)

    def test_its_code_fits_its_page(self, section, nb):
        assert [line for line in _code(nb).splitlines() if len(line) > 76] == []

    def test_it_is_stored_as_it_ran(self, section, nb):
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
        assert [cell.id for cell in code if MEASURED in notebook.tags(cell) and not cell.outputs] == []

    def test_drawings_say_what_they_show(self, section, nb):
        drawings = [
            out for cell in nb.cells for out in cell.get("outputs", []) if "image/svg+xml" in out.get("data", {})
        ]
        assert all(len(out.metadata.get("alt", "")) > 40 for out in drawings)

    def test_its_facts_are_those_of_the_book(self, section, nb):
        known = {name: fact.value for name, fact in facts.load().items()}
        shown = {found["fact"]: found["value"] for found in notebook.emitted(nb, FACT)}
        assert shown
        assert {name: known.get(name) for name in shown} == shown
