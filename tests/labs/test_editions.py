"""One notebook, two copies."""

import dataclasses

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coldstart.course import section
from coldstart.lab import editions


def _cell(make, source, *tags, **parts):
    return make(source, metadata={"tags": list(tags)}, **parts)


@pytest.fixture
def nb():
    shown = [new_output("stream", text="3")]
    return new_notebook(
        cells=[
            _cell(new_markdown_cell, "Ask the class.", "instructor", "remove-cell"),
            _cell(new_markdown_cell, "**Exercise.** Add.", "exercise"),
            _cell(new_markdown_cell, "Use `+`.", "hint"),
            _cell(new_markdown_cell, "1 + 2", "hint"),
            _cell(
                new_code_cell,
                "# Solution: add one and two\n1 + 2",
                "solution",
                "measured",
                outputs=shown,
                execution_count=1,
            ),
            _cell(new_code_cell, "print(3)", outputs=shown, execution_count=2),
            _cell(new_markdown_cell, "Multiply.", "hint"),
        ]
    )


def test_a_learner_gets_a_stub_that_names_the_task_and_runs(nb):
    stub = next(cell for cell in editions.learner(nb).cells if cell.source.startswith("# Your code here"))
    assert stub.source == "# Your code here: add one and two\n"
    assert stub.metadata.tags == ["measured"]
    exec(stub.source)


def test_a_learner_gets_folded_hints_counted_for_each_exercise(nb):
    hints = [cell.source for cell in editions.learner(nb).cells if "hint" in cell.metadata.tags]
    assert [hint.splitlines()[0] for hint in hints] == [
        "<details><summary>Hint 1</summary>",
        "<details><summary>Hint 2</summary>",
        "<details><summary>Hint 1</summary>",
    ]
    assert "\n\nUse `+`.\n\n" in hints[0]


def test_a_learner_gets_neither_solutions_nor_outputs_nor_notes_for_the_instructor(nb):
    copied = editions.learner(nb)
    assert not [cell for cell in copied.cells if cell.get("outputs") or cell.get("execution_count")]
    assert not [cell for cell in copied.cells if "1 + 2" in cell.source and cell.cell_type == "code"]
    assert not [cell for cell in copied.cells if "class" in cell.source]


def test_a_learners_copy_finds_its_pictures_and_promises_no_chapter_that_is_not_there():
    source = "See [the chapter](../book/14-aliases.md#why).\n\n![A split](../book/assets/diagrams/split.svg)"
    copied = editions.learner(new_notebook(cells=[_cell(new_markdown_cell, source)]))
    assert copied.cells[0].source == "See the chapter.\n\n![A split](assets/diagrams/split.svg)"


def test_a_learners_copy_ends_with_the_quiz_of_its_section(nb):
    copied = editions.learner(nb, section("14"))
    title, quiz = copied.cells[-2:]
    assert title.source == "## Test yourself"
    assert (quiz.id, quiz.metadata.tags) == ("14-aliases-quiz", ["quiz"])
    assert quiz.source == 'from coldstart.quiz.widget import show\n\nshow("14-aliases")'
    assert copied.cells[:-2] == editions.learner(nb).cells
    nbformat.validate(copied)


def test_a_section_without_a_quiz_ends_with_its_lab(nb):
    other = dataclasses.replace(section("14"), slug="99-none")
    assert editions.learner(nb, other) == editions.learner(nb)


def test_an_instructor_gets_everything_with_the_notes_set_apart(nb):
    copied = editions.instructor(nb)
    assert copied.cells[0].source == "> **For the instructor.** Ask the class."
    assert copied.cells[0].metadata.tags == ["instructor"]
    assert copied.cells[2].source == "**Hint 1.** Use `+`."
    assert copied.cells[4] == nb.cells[4]


def test_the_notebook_itself_stays_as_it_was(nb):
    before = nb.copy()
    editions.learner(nb)
    editions.instructor(nb)
    assert nb == before
    assert nb.cells[4].outputs
