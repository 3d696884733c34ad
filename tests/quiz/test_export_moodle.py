"""Moodle XML, read by lxml and held to the rules of https://docs.moodle.org/en/Moodle_XML_format."""

import pytest
from exported import asked, keys
from lxml import etree

from coldstart.quiz import exports
from coldstart.quiz.exports.content import option_html

ONCE = {
    "name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber", "single",
    "shuffleanswers", "answernumbering", "showstandardinstruction", "tags",
}  # fmt: skip
FRACTIONS = {"100", "0", "50", "33.33333", "-100"}  # of those that Moodle's list of grades has
ID_NUMBER_MAX = 100


@pytest.fixture(scope="module")
def root(banks):
    return etree.fromstring(exports.files("moodle", banks)[""])


def test_the_document_begins_as_moodle_wants_it(banks):
    first, second, *_ = exports.files("moodle", banks)[""].decode().splitlines()
    assert first == "<?xml version='1.0' encoding='utf-8'?>"
    assert second == "<quiz>"


def test_every_section_is_a_category_before_its_questions(root, banks):
    kinds = [question.get("type") for question in root]
    assert kinds == [kind for items in banks for kind in ["category", *["multichoice"] * len(items["questions"])]]
    paths = root.xpath("question[@type='category']/category/text/text()")
    assert paths[-1] == "$course$/top/Coldstart/99 Demo: a//b {c}"


def test_every_question_is_read_back_as_it_is_in_the_bank(root, banks):
    questions = asked(banks)
    found = {element.findtext("idnumber"): element for element in root.iterfind("question[@type='multichoice']")}
    assert list(found) == list(questions)
    for name, element in found.items():
        question, answers = questions[name], element.findall("answer")
        assert element.findtext("name/text") == name
        assert element.findtext("questiontext/text") == question["stem"]["html"]
        assert [answer.findtext("text") for answer in answers] == [option_html(each) for each in question["options"]]
        told = [each["id"] for each, answer in zip(question["options"], answers, strict=True) if earns(answer)]
        assert told == keys(question)
        for each, answer in zip(question["options"], answers, strict=True):
            assert answer.findtext("feedback/text").endswith(each["why"]["html"])
        assert element.findtext("single") == ("true" if question["choose"] == 1 else "false")
        assert element.findtext("shuffleanswers") == ("true" if question["shuffle"] else "false")
        assert all(source in element.findtext("generalfeedback/text") for source in question["sources"])


def test_every_question_keeps_the_rules_of_the_format(root):
    for element in root.iterfind("question[@type='multichoice']"):
        names = [child.tag for child in element if child.tag != "answer"]
        assert sorted(names) == sorted(ONCE)
        assert len(element.findtext("idnumber")) <= ID_NUMBER_MAX
        assert {answer.get("fraction") for answer in element.findall("answer")} <= FRACTIONS
        shares = [float(answer.get("fraction")) for answer in element.findall("answer") if earns(answer)]
        assert sum(shares) == pytest.approx(100, abs=1e-4)
        for piece in element.iterfind(".//text/.."):
            assert piece.get("format", "html") == "html"


def earns(answer):
    return float(answer.get("fraction")) > 0
