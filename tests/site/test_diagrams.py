import re
from xml.etree import ElementTree

import pytest

from coldstart import course
from coldstart.errors import CourseError
from coldstart.facts import load
from coldstart.paths import BOOK
from coldstart.site.diagrams import DIAGRAMS, PICTURE, draw_all, inline, svg
from coldstart.site.diagrams.aliases import central
from coldstart.site.diagrams.shapes import DARK, LIGHT, PAPER, Drawing

SVG = "{http://www.w3.org/2000/svg}"
CHAPTERS = [section.chapter for section in course.sections()]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_is_an_image_with_a_name_and_a_description(name, narrow):
    root = ElementTree.fromstring(svg(name, narrow=narrow))
    labels = {element.get("id"): element.text for element in root if element.tag in (SVG + "title", SVG + "desc")}
    assert root.get("role") == "img"
    assert [len(labels[key]) > 10 for key in root.get("aria-labelledby").split()] == [True, True]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_takes_every_colour_from_the_scheme(name, narrow):
    root = ElementTree.fromstring(svg(name, narrow=narrow))
    drawn = [element for element in root if element.tag not in (SVG + "title", SVG + "desc", SVG + "style")]
    assert drawn
    assert not [element for element in drawn if element.get("fill") or element.get("stroke")]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_stays_within_its_frame(name, narrow):
    root = ElementTree.fromstring(svg(name, narrow=narrow))
    *_, width, height = map(float, root.get("viewBox").split())
    points = [tuple(map(float, pair.split(","))) for e in root.iter() for pair in (e.get("points") or "").split()]
    points += [(float(e.get("x")), float(e.get("y"))) for e in root.iter() if e.get("x")]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)


@pytest.mark.parametrize(("scheme", "paper"), list(zip((LIGHT, DARK), PAPER, strict=True)), ids=["light", "dark"])
def test_words_can_be_read_on_the_page_and_on_every_tint(scheme, paper):
    for words, grounds in {
        "ink": ("surface", "a-tint", "b-tint"),
        "muted": ("surface", "b-tint"),
        "a": ("surface", "b-tint"),
        "b": ("b-tint",),
    }.items():
        for ground in (paper, *(scheme[tint] for tint in grounds)):
            assert contrast(scheme[words], ground) >= 4.5, (words, ground)


def test_two_diagrams_on_one_page_share_no_id():
    drawn = [svg(name, narrow=narrow) for name in DIAGRAMS for narrow in (False, True)]
    ids = [found for drawing in drawn for found in re.findall(r' id="([^"]+)"', drawing)]
    assert len(ids) == len(set(ids))


LETTERS = """() => [...document.querySelectorAll('.diagram svg')].filter(svg => svg.checkVisibility()).map(svg => {
    const frame = svg.getBoundingClientRect(), words = [...svg.querySelectorAll('text')];
    const outside = ({ left, right }) => left < frame.left || right > frame.right;
    const boxes = words.map(t => [t.textContent, t.getBoundingClientRect()]);
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.4 * Math.min(a.height, b.height);
    const pairs = boxes.flatMap(([one, a], n) => boxes.slice(n + 1).filter(([, b]) => meet(a, b)).map(([other]) => [one, other]));
    return {
        pairs,
        smallest: Math.min(...words.map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)),
        outside: words.filter(t => outside(t.getBoundingClientRect())).map(t => t.textContent),
    };
})"""


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
@pytest.mark.parametrize("width", [390, 600, 1280])
def test_the_letters_of_a_diagram_can_be_read_on_every_screen(chapter, width, site, browser):
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto((site / f"{chapter.stem}.html").as_uri())
        page.evaluate("document.fonts.ready.then(() => true)")
        drawn = page.evaluate(LETTERS)
    assert len(drawn) == len(PICTURE.findall(chapter.read_text(encoding="utf-8")))
    assert min(drawing["smallest"] for drawing in drawn) >= 12.5
    assert [drawing["outside"] for drawing in drawn if drawing["outside"]] == []
    assert [drawing["pairs"] for drawing in drawn if drawing["pairs"]] == [], "these labels lie on one another"


def test_the_figures_of_a_diagram_are_the_facts():
    assert f"{load()['lambda.vcpu.memory.default'].value:,}" in svg("cpu-share")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_picture_of_a_chapter_is_drawn_and_told_in_words(chapter):
    shown = list(PICTURE.finditer(chapter.read_text(encoding="utf-8")))
    assert {found["name"] for found in shown} <= set(DIAGRAMS)
    assert all(len(found["alt"]) > 80 for found in shown)
    assert shown


def test_a_picture_gives_way_to_the_drawing_with_its_words():
    page = inline("Before.\n\n![A line & a dot.](../assets/diagrams/cpu-share.svg)\n\nAfter.")
    assert page.startswith('Before.\n\n<figure class="diagram"><div class="diagram__wide"><svg ')
    assert page.count(">A line &amp; a dot.</desc>") == 2
    assert "\n" not in page.split("\n\n")[1]


def test_an_unknown_diagram_is_named_together_with_the_known_ones():
    with pytest.raises(CourseError, match=r"no diagram 'cpu-chare'; the diagrams are: .*cpu-share"):
        inline("![x](assets/diagrams/cpu-chare.svg)")


def test_the_files_are_whole_drawings(tmp_path):
    draw_all(tmp_path / "new" / "folder")
    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert [path.stem for path in files] == sorted(DIAGRAMS)
    assert all(ElementTree.parse(path).getroot().tag == SVG + "svg" for path in files)


@pytest.mark.parametrize(("chances", "ends"), [([0.01, 0.98, 0.01], (1, 1)), ([0.25, 0.5, 0.25], (0, 2))])
def test_the_central_interval_leaves_out_at_most_its_tails(chances, ends):
    assert central(chances) == ends


def test_words_with_markup_in_them_are_written_as_they_are():
    drawing = Drawing("d", (10, 10), "t", "d")
    drawing.text((1, 1), "a < b & c")
    assert ElementTree.fromstring(drawing.svg()).find(SVG + "text").text == "a < b & c"


def test_nothing_in_the_book_shows_a_picture_that_is_not_drawn():
    text = "\n".join(path.read_text(encoding="utf-8") for path in BOOK.glob("*.md"))
    assert len(re.findall(r"assets/diagrams/", text)) == len(PICTURE.findall(text))
