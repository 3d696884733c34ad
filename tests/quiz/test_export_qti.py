"""The QTI 2.1 package, read by lxml: its parts, what an answer earns and shows, and IMS's schemas where there are some.

``QTI_XSD_DIR`` names a folder with ``imsqti_v2p1*.xsd`` and ``imscp_v1p1*.xsd`` of https://www.imsglobal.org/question/, which do not come with this project.
"""

import io
import os
import zipfile
from pathlib import Path

import pytest
from exported import asked, keys, order
from lxml import etree

from coldstart.quiz import exports
from coldstart.quiz.exports.content import option_html

Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
P = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
ORDER = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback"]
BLOCKS = {"p", "pre", "div", "ul", "ol", "table", "blockquote", "hr", "h3", "h4"}
TEXTS = {"strong", "em", "code", "span", "a", "br", "li", "thead", "tbody", "tr", "td", "th"}


@pytest.fixture(scope="module")
def package(banks):
    archive = zipfile.ZipFile(io.BytesIO(exports.files("qti", banks)[""]))
    return {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}


@pytest.fixture(scope="module")
def items(package):
    return [root for root in package.values() if root.tag == f"{Q}assessmentItem"]


def words(element, markup=None):
    """The text of an element, or of HTML."""
    return "".join((element if markup is None else etree.fromstring(f"<div>{markup}</div>")).itertext())


def test_the_manifest_lists_every_file_once(package, banks):
    manifest = package["imsmanifest.xml"]
    resources = manifest.findall(f".//{P}resource")
    assert [resource.get("href") for resource in resources] == [name for name in package if name != "imsmanifest.xml"]
    assert [resource.get("identifier") for resource in resources[1:]] == list(asked(banks))
    assert all(resource.find(f"{P}file").get("href") == resource.get("href") for resource in resources)
    assert {resource.get("type") for resource in resources[1:]} == {"imsqti_item_xmlv2p1"}
    depends = [each.get("identifierref") for each in resources[0].iterfind(f"{P}dependency")]
    assert (resources[0].get("type"), depends) == ("imsqti_test_xmlv2p1", list(asked(banks)))


def test_the_test_holds_the_sections_with_their_questions(package, banks):
    sections = package["test.xml"].findall(f".//{Q}assessmentSection")
    assert [section.get("title") for section in sections] == [bank["title"] for bank in banks]
    for section, bank in zip(sections, banks, strict=True):
        references = section.findall(f"{Q}assessmentItemRef")
        assert [each.get("identifier") for each in references] == [each["id"] for each in bank["questions"]]
        assert [package[each.get("href")].get("identifier") for each in references] == list(asked([bank]))
    names = [each.get("identifier") for each in package["test.xml"].iter(etree.Element) if each.get("identifier")]
    assert len(names) == len(set(names))


def test_every_question_is_read_back_as_it_is_in_the_bank(items, banks):
    questions = asked(banks)
    assert [item.get("identifier") for item in items] == list(questions)
    for item in items:
        question = questions[item.get("identifier")]
        choices = item.findall(f".//{Q}simpleChoice")
        assert [choice.get("identifier") for choice in choices] == order(question)
        assert [value.text for value in item.iterfind(f".//{Q}correctResponse/{Q}value")] == keys(question)
        assert words(item.find(f"{Q}itemBody/{Q}div")) == words(None, question["stem"]["html"])
        for choice, option in zip(choices, question["options"], strict=True):
            assert words(choice) == words(None, option_html(option))
        interaction = item.find(f".//{Q}choiceInteraction")
        assert interaction.get("maxChoices") == interaction.get("minChoices") == str(question["choose"])
        assert interaction.get("shuffle") == ("true" if question["shuffle"] else "false")


def test_code_stays_a_block(items):
    trace = next(item for item in items if item.get("identifier") == "demo-trace")
    blocks = [words(block) for block in trace.iterfind(f"{Q}itemBody//{Q}pre/{Q}code")]
    assert len(blocks) == 2
    assert "\n\n    return" in blocks[0]
    assert blocks[1] == '{"statusCode": 200,\n\n "body": "a = b; # {c}"}'


def test_every_item_has_the_structure_of_qti(items):
    for item in items:
        kinds = list(dict.fromkeys(etree.QName(child).localname for child in item))
        assert kinds == ORDER
        declaration = item.find(f"{Q}responseDeclaration")
        several = len(declaration.findall(f".//{Q}value")) > 1
        assert declaration.get("cardinality") == ("multiple" if several else "single")
        assert {etree.QName(child).localname for child in item.find(f"{Q}itemBody")} == {"div", "choiceInteraction"}
        for holder in item.iterfind(f"{Q}itemBody/{Q}div"):
            assert {etree.QName(child).localname for child in holder} <= BLOCKS
        for holder in item.iter(f"{Q}simpleChoice", f"{Q}modalFeedback"):
            assert {etree.QName(part).localname for part in holder.iterdescendants()} <= BLOCKS | TEXTS
            assert {name for part in holder.iterdescendants() for name in part.attrib} <= {"class", "href"}


@pytest.mark.parametrize("right", [True, False])
def test_an_answer_earns_the_point_whole_or_not_and_shows_its_reasons(items, banks, right):
    for item in items:
        question = asked(banks)[item.get("identifier")]
        chosen = keys(question) if right else [*keys(question)[1:], *set(order(question)) - set(keys(question))][:1]
        outcome = answered(item, chosen)
        assert outcome["SCORE"] == (1.0 if right else 0.0)
        shown = [each for each in item.iterfind(f"{Q}modalFeedback") if each.get("identifier") in outcome["FEEDBACK"]]
        whys = {each["id"]: each["why"]["html"] for each in question["options"]}
        assert {each.get("identifier") for each in shown} == {*chosen, "_evidence"}
        assert {words(each) for each in shown[:-1]} == {words(None, whys[name]) for name in chosen}
        assert all(source in words(shown[-1]) for source in question["sources"])


def answered(item, chosen):
    """What a platform does with an answer, as far as these items use the language."""
    correct = {value.text for value in item.iterfind(f".//{Q}correctResponse/{Q}value")}
    outcome = {"SCORE": float(item.findtext(f"{Q}outcomeDeclaration/{Q}defaultValue/{Q}value"))}
    for rule in item.find(f"{Q}responseProcessing"):
        if rule.tag == f"{Q}responseCondition":
            branch, setting = list(rule[0])
            assert [part.tag for part in branch] == [f"{Q}variable", f"{Q}correct"]
            if set(chosen) == correct:
                outcome[setting.get("identifier")] = float(setting[0].text)
        else:
            variable, value = list(rule[0])
            assert variable.get("identifier") == "RESPONSE"
            outcome[rule.get("identifier")] = {*chosen, value.text}
    return outcome


@pytest.mark.parametrize(("pattern", "namespace"), [("imsqti_v2p1*.xsd", Q), ("imscp_v1p1*.xsd", P)])
def test_the_files_are_valid_by_the_schemas(package, pattern, namespace):
    folder = os.environ.get("QTI_XSD_DIR")
    if not folder:
        pytest.skip("IMS's schemas do not come with this project; set QTI_XSD_DIR to a folder that has them")
    schema = etree.XMLSchema(etree.parse(str(min(Path(folder).rglob(pattern)))))
    for name, root in package.items():
        if root.tag.startswith(namespace):
            assert schema.validate(root), f"{name}: {schema.error_log.last_error}"
