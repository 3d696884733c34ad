"""Moodle XML (https://docs.moodle.org/en/Moodle_XML_format): HTML, a reason for each option, id numbers and tags.

Moodle adds what it imports and replaces nothing: empty a section's category before importing it again.
"""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from coldstart.quiz.exports.content import Bank, Option, Question, category, evidence_html, option_html, tags, why_html

WRONG: Final = -100
"""Per cent that a wrong option earns where several are to be chosen: it takes all."""


def files(banks: Sequence[Bank]) -> dict[str, bytes]:
    """Return the document, a category for each section."""
    quiz = Element("quiz")
    for items in banks:
        _text(SubElement(SubElement(quiz, "question", type="category"), "category"), category(items))
        for question in items["questions"]:
            _question(SubElement(quiz, "question", type="multichoice"), question)
    indent(quiz)
    return {"": tostring(quiz, encoding="utf-8", xml_declaration=True) + b"\n"}


def _question(element: Element, question: Question) -> None:
    _text(SubElement(element, "name"), question["id"])
    _html(element, "questiontext", question["stem"]["html"])
    _html(element, "generalfeedback", evidence_html(question))
    settings = {
        "defaultgrade": "1",
        "penalty": "0.3333333",
        "hidden": "0",
        "idnumber": question["id"],
        "single": str(question["choose"] == 1).lower(),
        "shuffleanswers": str(question["shuffle"]).lower(),
        "answernumbering": "ABCD",
        "showstandardinstruction": "0",
    }
    for name, value in settings.items():
        SubElement(element, name).text = value
    for option in question["options"]:
        _answer(element, option, question["choose"])
    words = SubElement(element, "tags")
    for tag in tags(question):
        _text(SubElement(words, "tag"), tag)


def _answer(element: Element, option: Option, choose: int) -> None:
    wrong = 0 if choose == 1 else WRONG
    fraction = f"{100 / choose if option['correct'] else wrong:.7g}"
    answer = _html(element, "answer", option_html(option), fraction=fraction)
    _html(answer, "feedback", why_html(option))


def _html(parent: Element, name: str, markup: str, **attributes: str) -> Element:
    element = SubElement(parent, name, {"format": "html", **attributes})
    _text(element, markup)
    return element


def _text(parent: Element, content: str) -> None:
    SubElement(parent, "text").text = content
