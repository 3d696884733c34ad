"""A notebook becomes the Markdown of its page."""

import base64

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from coldstart.errors import CourseError
from coldstart.site.notebook import KNOWN_TAGS, to_markdown

SLUG = "99-test"
PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DRAWING = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><path stroke="{}"/></svg>'


def code(source, *outputs, tags=()):
    return new_code_cell(source, id=f"{SLUG}-cell", outputs=list(outputs), metadata={"tags": list(tags)})


def text(source, *tags):
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def shown(**data):
    return new_output("display_data", data={name.replace("_", "/"): value for name, value in data.items()})


def page(*cells):
    return to_markdown(new_notebook(cells=list(cells)), SLUG)


def markdown(*cells):
    return page(*cells)[0]


def test_text_stays_as_it_was_written():
    assert markdown(text("# A lab\n\nWith **words**.")) == "# A lab\n\nWith **words**.\n"


def test_code_stands_in_a_cell_that_others_can_link_to():
    result = markdown(code("print(1)"))
    assert '<div class="cell" id="99-test-cell" markdown="1">' in result
    assert "``` { .python .input }\nprint(1)\n```" in result


def test_code_with_backticks_cannot_end_its_fence():
    assert "```` { .python .input }\n'```'\n````" in markdown(code("'```'"))


@pytest.mark.parametrize("tag", ["remove-cell", "instructor"])
@pytest.mark.parametrize("cell", [text("secret", "X"), code("secret", tags=["X"])], ids=["text", "code"])
def test_what_is_not_for_the_learner_is_left_out(tag, cell):
    cell.metadata.tags = [tag]
    assert "secret" not in markdown(cell)


def test_a_fact_that_is_left_out_leaves_its_place_for_the_proof_to_link_to():
    assert markdown(code("secret", tags=["fact", "remove-cell"])) == '<div id="99-test-cell"></div>\n'


def test_remove_input_leaves_the_output():
    result = markdown(code("secret", new_output("stream", text="visible"), tags=["remove-input"]))
    assert "secret" not in result
    assert "visible" in result


def test_a_cell_with_nothing_to_show_leaves_no_trace():
    assert markdown(code("secret", tags=["remove-input"])) == ""


def test_a_raw_cell_is_left_out():
    assert markdown(new_raw_cell("raw")) == ""


def test_a_solution_is_folded_with_its_output():
    result = markdown(code("answer", new_output("stream", text="42"), tags=["solution"]))
    assert result.startswith('<details class="solution" markdown="1">\n<summary>Solution</summary>')
    assert result.index("answer") < result.index("42") < result.index("</details>")


def test_hints_are_folded_and_numbered_anew_after_other_cells():
    result = markdown(text("a", "hint"), text("b", "hint"), text("words"), text("c", "hint"))
    assert [line for line in result.splitlines() if "<summary>" in line] == [
        f"<summary>Hint {n}</summary>" for n in (1, 2, 1)
    ]


@pytest.mark.parametrize("tag", ["predict", "exercise"])
def test_a_prompt_stands_in_a_box_of_its_own_below_its_heading(tag):
    result = markdown(text("## Shift\n\nWhat happens?\n\n### Later", tag))
    assert result.startswith(f'## Shift\n\n<div class="prompt {tag}" markdown="1">\n\nWhat happens?\n\n### Later')


def test_a_check_is_told_apart_from_other_cells():
    assert '<div class="cell check"' in markdown(code("lab.check('x')", tags=["check"]))


@pytest.mark.parametrize(("tags", "captions"), [(["measured"], 1), ([], 0)])
def test_measured_outputs_say_so(tags, captions):
    result = markdown(code("run()", new_output("stream", text="3 ms"), tags=tags))
    assert result.count("measured when this page was made") == captions


@pytest.mark.parametrize("tag", sorted(KNOWN_TAGS))
def test_every_tag_of_the_course_is_known(tag):
    markdown(code("x", tags=[tag]), text("y", tag))


def test_an_unknown_tag_names_file_cell_and_the_known_ones():
    with pytest.raises(CourseError, match=r"labs/99-test\.ipynb, cell 99-test-cell: unknown tag 'solutoin'.*solution"):
        markdown(code("x", tags=["solutoin"]))


def test_printed_text_loses_its_terminal_colours():
    assert "{ .text .no-copy .output }\nred\n" in markdown(code("x", new_output("stream", text="\x1b[31mred\x1b[0m\n")))


def test_standard_error_is_told_apart():
    assert ".output .stderr }" in markdown(code("x", new_output("stream", name="stderr", text="careful")))


def test_an_error_is_one_line_without_its_traceback():
    error = new_output("error", ename="Refused", evalue="first\n  second", traceback=["/home/a/secret.py"])
    result = markdown(code("x", error))
    assert "Refused: first second\n" in result
    assert "secret.py" not in result


def test_html_is_shown_as_it_is_and_preferred_to_text():
    result = markdown(code("x", shown(text_html="<table></table>", text_plain="poor")))
    assert "<table></table>" in result
    assert "poor" not in result


def test_a_picture_becomes_a_file_with_its_words():
    output = new_output("display_data", data={"image/png": base64.b64encode(PNG).decode()}, metadata={"alt": "A curve"})
    result, assets = page(code("x", output))
    assert assets == {"99-test-cell-0.png": PNG}
    assert "![A curve](99-test-cell-0.png)" in result


def test_a_drawing_with_its_own_colours_becomes_a_file():
    drawing = DRAWING.format("#123")
    result, assets = page(code("x", shown(**{"image_svg+xml": drawing})))
    assert assets == {"99-test-cell-0.svg": drawing.encode()}
    assert "(99-test-cell-0.svg)" in result


def test_a_drawing_in_the_colours_of_the_page_is_part_of_it():
    result, assets = page(code("x", shown(**{"image_svg+xml": DRAWING.format("currentColor")})))
    assert assets == {}
    assert '<svg xmlns="http://www.w3.org/2000/svg"><path stroke="currentColor"/></svg>' in result


def test_a_drawing_keeps_only_the_names_that_it_refers_to():
    drawing = '<svg><g id="axes_1"><path id="m1"/><use href="#m1" fill="var(--ink)"/></g></svg>'
    result = markdown(code("x", shown(**{"image_svg+xml": drawing})))
    assert '<svg><g><path id="m1"/><use href="#m1" fill="var(--ink)"/></g></svg>' in result


@pytest.mark.parametrize(
    ("data", "expected"), [({"text_markdown": "**bold**"}, "**bold**"), ({"text_plain": "plain"}, "plain")]
)
def test_other_results_are_shown(data, expected):
    assert expected in markdown(code("x", shown(**data)))


def test_a_fact_for_the_proofs_is_not_shown():
    fact = {"application/vnd.coldstart.fact+json": {"fact": "a.b", "value": 1}, "text/plain": "a.b = 1"}
    assert "a.b" not in markdown(code("x", new_output("display_data", data=fact), tags=["fact"]))


@pytest.mark.parametrize(("width", "scrolled"), [(662.4, True), (331.2, False)])
def test_only_a_drawing_that_is_wider_than_a_phone_is_scrolled_there(width, scrolled):
    drawing = f'<svg viewBox="0 0 {width} 223.2"><path style="fill: var(--paper)"/></svg>'
    shown = new_output("display_data", data={"image/svg+xml": drawing})
    result, _ = to_markdown(new_notebook(cells=[new_code_cell("x", id="x", outputs=[shown])]), "14-aliases")
    assert ('tabindex="0" class="output figure wide"' in result) is scrolled
