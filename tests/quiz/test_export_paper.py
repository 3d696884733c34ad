"""The paper and its key, read and drawn by PDFium: what is on the pages, and that nothing leaves them."""

import re

import pypdfium2
import pytest
from exported import asked
from markdown_it import MarkdownIt

from coldstart.quiz import exports
from coldstart.quiz.exports.content import key

MARGIN_MM, FOOT_MM = 24, 12
DOTS_PER_MM = 3
WHITE = 255


@pytest.fixture(scope="module")
def papers(banks):
    """Paper and key of everything, opened."""
    return {part: pypdfium2.PdfDocument(pdf) for part, pdf in exports.files("paper", banks).items()}


def read(pdf):
    """The text of each page, without white space: a line may end anywhere. PDFium takes a hyphen there for syllables."""
    return [squeezed(page.get_textpage().get_text_bounded().replace("\x02", "-")) for page in pdf]


def squeezed(text):
    return re.sub(r"[\s\u200b\ufffe]", "", text)


def pieces(markdown):
    """The texts that a reader of Markdown is to see, one for each paragraph, line of a list or block of code."""
    for token in MarkdownIt("js-default").parse(markdown):
        if token.type == "inline":
            yield squeezed("".join(child.content for child in token.children if not child.nesting))
        elif token.type == "fence":
            yield squeezed(token.content)


def on_one_page(pages, markdown):
    return all(any(piece in page for page in pages) for piece in pieces(markdown))


def test_every_question_is_on_the_paper_with_all_its_options(papers, banks):
    pages = read(papers[""])
    for question in asked(banks).values():
        assert on_one_page(pages, question["stem"]["text"]), question["id"]
        assert all(on_one_page(pages, option["text"]) for option in question["options"]), question["id"]


def test_the_paper_does_not_betray_the_key(papers, banks):
    pages = "".join(read(papers[""]))
    assert "Correct." not in pages
    for question in asked(banks).values():
        for option in question["options"]:
            first = next(pieces(option["why"]["text"]))
            assert first not in pages or question["id"] == "demo-trace"


def test_the_key_gives_letters_and_reasons_in_the_order_of_the_paper(papers, banks):
    pages = read(papers["-key"])
    whole = "".join(pages)
    place = 0
    for number, question in enumerate(asked(banks).values(), start=1):
        letters = squeezed(f"{number}{key(question)}")
        assert letters in whole[: whole.index(next(iter(asked(banks))))], "in the table in front"
        place = whole.index(f"{letters}{question['id']}", place)
        assert all(on_one_page(pages, option["why"]["text"]) for option in question["options"]), question["id"]
        assert all(any(squeezed(source) in page for page in pages) for source in question["sources"])


def test_the_title_is_that_of_the_section_and_no_date_is_told(sample):
    for part, title in (("", "Coldstart: Memory and CPU"), ("-key", "Coldstart: Memory and CPU, key")):
        pdf = pypdfium2.PdfDocument(exports.files("paper", [sample])[part])
        told = pdf.get_metadata_dict(skip_empty=True)
        assert told["Title"] == title
        assert not {"CreationDate", "ModDate"} & set(told)
        assert pdf.is_tagged(), "for a screen reader"


def leaves(page):
    """Whether something is drawn in the margins, where the printer would cut it off."""
    drawn = page.render(scale=DOTS_PER_MM * 25.4 / 72, grayscale=True).to_numpy() < WHITE
    assert drawn.any(), "no page is empty"
    edge, foot = (MARGIN_MM - 1) * DOTS_PER_MM, FOOT_MM * DOTS_PER_MM
    return any(margin.any() for margin in (drawn[:, :edge], drawn[:, -edge:], drawn[:foot], drawn[-foot:]))


@pytest.mark.parametrize("part", ["", "-key"])
def test_nothing_reaches_into_the_margins(papers, part):
    assert [number for number, page in enumerate(papers[part], start=1) if leaves(page)] == []


def test_a_question_stays_on_one_page(papers, banks):
    pages = read(papers[""])
    for question in asked(banks).values():
        texts = [
            *pieces(question["stem"]["text"]),
            *(each for option in question["options"] for each in pieces(option["text"])),
        ]
        assert any(all(text in page for text in texts) for page in pages), question["id"]


def test_code_that_is_longer_than_a_page_goes_on_in_the_next(tricky):
    lines = "\n".join(f"line_{number} = {number}" for number in range(150))
    long = {**tricky["questions"][3], "stem": {"html": "", "text": f"What is this?\n\n```python\n{lines}\n```"}}
    pages = read(pypdfium2.PdfDocument(exports.files("paper", [{**tricky, "questions": [long]}])[""]))
    assert all(any(squeezed(line) in page for page in pages) for line in lines.splitlines())


def test_a_long_name_is_broken_rather_than_cut(tricky):
    arn = "`arn:aws:lambda:us-east-1:000000000000:function:" + "a-name-of-many-words-" * 7 + "end:live`"
    long = {**tricky["questions"][3], "stem": {"html": "", "text": f"Which alias is in {arn}?"}}
    pdf = pypdfium2.PdfDocument(exports.files("paper", [{**tricky, "questions": [long]}])[""])
    assert squeezed(arn.strip("`")) in read(pdf)[0]
    assert not any(leaves(page) for page in pdf)
