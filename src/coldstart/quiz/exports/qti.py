"""QTI 2.1 (https://www.imsglobal.org/question/qtiv2p1/imsqti_implv2p1.html): a package of items, and a test that holds them.

An answer earns its point whole or not at all, as in the exam. After it, the reasons of the options that were chosen are shown, and the evidence.
"""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, fromstring, indent, tostring

from coldstart.quiz.exports.content import (
    Bank,
    Option,
    Question,
    evidence_html,
    option_html,
    verdict,
    zipped,
)

QTI: Final = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE: Final = "http://www.imsglobal.org/xsd/imscp_v1p1"
EVIDENCE: Final = "_evidence"
"""Identifier of what is shown whatever was chosen; no option can have it."""
_SCHEMAS: Final = {
    QTI: "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    PACKAGE: "http://www.imsglobal.org/xsd/imscp_v1p1.xsd",
}
_KEPT: Final = {"class", "href", "src", "alt"}  # attributes of HTML that QTI knows


def files(banks: Sequence[Bank]) -> dict[str, bytes]:
    """Return the package."""
    questions = [question for items in banks for question in items["questions"]]
    entries = {"imsmanifest.xml": _document(_manifest(questions), indented=True)}
    entries["test.xml"] = _document(_test(banks), indented=True)
    return {"": zipped(entries | {_path(question): _document(_item(question)) for question in questions})}


def _manifest(questions: list[Question]) -> Element:
    manifest = Element("manifest", _named(PACKAGE) | {"identifier": "coldstart"})
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "QTIv2.1 Package"
    SubElement(metadata, "schemaversion").text = "1.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    test = _resource(resources, "coldstart-test", "imsqti_test_xmlv2p1", "test.xml")
    for question in questions:
        SubElement(test, "dependency", identifierref=question["id"])
        _resource(resources, question["id"], "imsqti_item_xmlv2p1", _path(question))
    return manifest


def _resource(parent: Element, identifier: str, kind: str, path: str) -> Element:
    resource = SubElement(parent, "resource", identifier=identifier, type=kind, href=path)
    SubElement(resource, "file", href=path)
    return resource


def _test(banks: Sequence[Bank]) -> Element:
    test = Element("assessmentTest", _named(QTI) | {"identifier": "coldstart-test", "title": "Coldstart"})
    settings = {"identifier": "all", "navigationMode": "nonlinear", "submissionMode": "individual"}
    part = SubElement(test, "testPart", settings)
    for items in banks:
        named = {"identifier": f"section-{items['section']}", "title": items["title"], "visible": "true"}
        section = SubElement(part, "assessmentSection", named)
        for question in items["questions"]:
            SubElement(section, "assessmentItemRef", identifier=question["id"], href=_path(question))
    return test


def _item(question: Question) -> Element:
    named = {"identifier": question["id"], "title": question["id"], "adaptive": "false", "timeDependent": "false"}
    item = Element("assessmentItem", _named(QTI) | named | {"xml:lang": "en"})
    _declare(item, question)
    body = SubElement(item, "itemBody")
    _fill(SubElement(body, "div"), question["stem"]["html"])
    _interaction(body, question)
    _processing(SubElement(item, "responseProcessing"))
    for option in question["options"]:
        _feedback(item, option["id"], verdict(option), option["why"]["html"])
    _feedback(item, EVIDENCE, "Evidence", evidence_html(question))
    return item


def _declare(item: Element, question: Question) -> None:
    cardinality = "single" if question["choose"] == 1 else "multiple"
    response = _variable(item, "responseDeclaration", "RESPONSE", cardinality, "identifier")
    keys = SubElement(response, "correctResponse")
    for option in question["options"]:
        if option["correct"]:
            SubElement(keys, "value").text = option["id"]
    score = _variable(item, "outcomeDeclaration", "SCORE", "single", "float")
    SubElement(SubElement(score, "defaultValue"), "value").text = "0"
    _variable(item, "outcomeDeclaration", "FEEDBACK", "multiple", "identifier")


def _variable(item: Element, kind: str, name: str, cardinality: str, base: str) -> Element:
    return SubElement(item, kind, identifier=name, cardinality=cardinality, baseType=base)


def _interaction(body: Element, question: Question) -> None:
    count = str(question["choose"])
    choices = SubElement(
        body,
        "choiceInteraction",
        responseIdentifier="RESPONSE",
        shuffle=str(question["shuffle"]).lower(),
        maxChoices=count,
        minChoices=count,
    )
    for option in question["options"]:
        _choice(choices, option)


def _choice(choices: Element, option: Option) -> None:
    _fill(SubElement(choices, "simpleChoice", identifier=option["id"]), option_html(option))


def _processing(processing: Element) -> None:
    """Score the answer, and name the feedback to show: that of what was chosen, and the evidence."""
    right = SubElement(SubElement(processing, "responseCondition"), "responseIf")
    match = SubElement(right, "match")
    SubElement(match, "variable", identifier="RESPONSE")
    SubElement(match, "correct", identifier="RESPONSE")
    point = SubElement(right, "setOutcomeValue", identifier="SCORE")
    SubElement(point, "baseValue", baseType="float").text = "1"
    shown = SubElement(SubElement(processing, "setOutcomeValue", identifier="FEEDBACK"), "multiple")
    SubElement(shown, "variable", identifier="RESPONSE")
    SubElement(shown, "baseValue", baseType="identifier").text = EVIDENCE


def _feedback(item: Element, identifier: str, title: str, markup: str) -> None:
    settings = {"outcomeIdentifier": "FEEDBACK", "identifier": identifier, "showHide": "show", "title": title}
    _fill(SubElement(item, "modalFeedback", settings), markup)


def _fill(element: Element, markup: str) -> None:
    """Put HTML of the bank, which is well-formed, into an element."""
    parsed = fromstring(f"<div>{markup}</div>")  # noqa: S314 - our own renderer's output
    element.text = parsed.text
    element.extend(map(_allowed, parsed))


def _allowed(element: Element) -> Element:
    """Leave out of HTML what QTI does not know."""
    for part in element.iter():
        part.tag = {"s": "span"}.get(part.tag, part.tag)
        for name in set(part.attrib) - _KEPT:
            del part.attrib[name]
    return element


def _named(namespace: str) -> dict[str, str]:
    return {
        "xmlns": namespace,
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:schemaLocation": f"{namespace} {_SCHEMAS[namespace]}",
    }


def _document(root: Element, *, indented: bool = False) -> bytes:
    if indented:  # an item is not: its white space is part of texts and code
        indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _path(question: Question) -> str:
    return f"items/{question['id']}.xml"
