"""Numbers and terms on a page lead to where they are proven and explained."""

import re

import pytest

from coldstart.errors import CourseError
from coldstart.facts import load
from coldstart.site import chapters, glossary, numbers

FACT = "lambda.memory.max.default"
PAGES = chapters.Pages("numbers.html", "glossary.html", "practice.html", "exam.html")
QUESTIONS = {"section": "99-test", "questions": []}


def finished(html_with_placeholders):
    marked = chapters.mark_facts(html_with_placeholders, "x.md")
    return chapters.finish(marked, QUESTIONS, PAGES)


def test_a_number_links_to_its_proof_and_says_of_what_kind_it_is():
    page = finished(f"<p>Up to {{fact:{FACT}}}.</p>")
    assert re.search(rf'<a class="fact" href="numbers\.html#{re.escape(FACT)}" title="[^"]+">10,240 MB</a>', page)


@pytest.mark.parametrize(("form", "written"), [("", "10,240 MB"), (":value", "10,240"), (":code", "10240")])
def test_a_number_is_written_in_the_form_asked_for(form, written):
    assert f">{written}</a>" in finished(f"<p>{{fact:{FACT}{form}}}</p>")


@pytest.mark.parametrize(
    "around", ["<code>{}</code>", '<a href="#x">{}</a>', "<h2>{}</h2>", "<pre><code>x\n{}</code></pre>", "# {}"]
)
def test_no_link_stands_where_none_can_be(around):
    assert finished(around.format(f"{{fact:{FACT}}}")) == around.format("10,240 MB")


def test_a_number_in_an_attribute_is_plain():
    assert finished(f'<img alt="{{fact:{FACT}}}">') == '<img alt="10,240 MB">'


@pytest.mark.parametrize("line", ["It is {fact:no.such}.", "## At most {fact:no.such}"])
def test_an_unknown_fact_is_refused_with_the_name_of_the_file(line):
    with pytest.raises(CourseError, match=r"book/14-aliases\.md: .*no\.such"):
        chapters.mark_facts(line, "14-aliases.md")


def test_the_register_holds_every_fact_with_its_proofs():
    register = numbers.register(load())
    assert all(f'<li id="{fact_id}">' in register for fact_id in load())
    assert register.count("Proof: ") == len(load())


def test_the_first_use_of_a_term_links_to_the_glossary_and_no_other():
    page = finished("<p>An alias here.</p><p>Another alias there, and aliases.</p>")
    assert page.count('class="term"') == 1
    assert re.search(r'An <a class="term" href="glossary\.html#alias" title="A named pointer[^"]*">alias</a>', page)


@pytest.mark.parametrize("text", ["sam is a name", "an aliasing bug", "a pre-alias time"])
def test_what_only_looks_like_a_term_is_left_alone(text):
    assert finished(f"<p>{text}</p>") == f"<p>{text}</p>"


def test_the_quiz_takes_the_place_of_its_mark():
    assert finished("<p>{{ quiz }}</p>").startswith('<coldstart-quiz section="99-test"')


def test_every_term_has_an_anchor_on_the_glossary_page():
    page = glossary.with_anchors("".join(f"<dt>{term}</dt>" for term in glossary.terms()))
    assert len(set(re.findall(r'id="([^"]+)"', page))) == len(glossary.terms())
