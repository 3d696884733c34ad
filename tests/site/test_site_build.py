"""The built site: whole, without a dead link, light."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coldstart.course import sections
from coldstart.errors import CourseError
from coldstart.site import build as building

PAGE_KB = 60
BANK_KB = 40


def compressed(*files: Path) -> float:
    return sum(len(gzip.compress(file.read_bytes())) for file in files) / 1024


def test_every_link_and_anchor_leads_somewhere(site):
    lychee = Path(sys.executable).with_name("lychee")
    command = [lychee, "--offline", "--include-fragments", "--no-progress", "--root-dir", site, f"{site}/**/*.html"]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_the_pages_follow_the_order_of_the_course(site):
    links = re.findall(r'rel="next" href="(?:\.\./)?([^"]+)"', (site / "index.html").read_text())
    while links[-1] != "differences.html":
        links += re.findall(r'rel="next" href="(?:\.\./)?([^"]+)"', (site / links[-1]).read_text())
    expected = [page for s in sections() for page in (f"{s.slug}.html", f"labs/{s.slug}.html")]
    assert links == [
        *expected,
        "practice.html",
        "exam.html",
        "glossary.html",
        "numbers.html",
        "quotas.html",
        "status.html",
        "differences.html",
    ]


@pytest.mark.parametrize("page", ["index.html", "404.html", "numbers.html", "labs/14-aliases.html"])
def test_every_page_leads_to_every_section(page, site):
    text = (site / page).read_text()
    assert [s.slug for s in sections() if not re.search(rf'href="[./]*{s.slug}\.html"', text)] == []


@pytest.mark.parametrize("section", sections(), ids=lambda s: s.slug)
def test_a_section_has_chapter_lab_notebook_handlers_and_bank(section, site):
    names = [f"{section.slug}.html", f"labs/{section.slug}.html", f"labs/{section.slug}.ipynb"]
    names += [f"assets/bank/{section.slug}.json", f"labs/functions/{section.slug}"]
    assert [name for name in names if not (site / name).exists()] == []


@pytest.mark.parametrize("section", sections(), ids=lambda s: s.slug)
def test_a_chapter_asks_every_question_of_its_section(section, site):
    questions = json.loads((site / f"assets/bank/{section.slug}.json").read_text())["questions"]
    chapter = (site / f"{section.slug}.html").read_text()
    assert len(questions) >= 12
    assert [question["id"] for question in questions if f'"id":"{question["id"]}"' not in chapter] == []


@pytest.mark.parametrize("section", sections(), ids=lambda s: s.slug)
def test_a_bank_comes_as_json_and_as_a_light_script_that_registers_it(section, site):
    script = (site / f"assets/bank/{section.slug}.js").read_text()
    registered = re.fullmatch(r"\(\(globalThis.*?\)\[\"([^\"]+)\"\] = (\{.*\});\n", script)
    assert registered[1] == section.slug
    assert json.loads(registered[2]) == json.loads((site / f"assets/bank/{section.slug}.json").read_text())
    assert compressed(site / f"assets/bank/{section.slug}.js") <= BANK_KB


@pytest.mark.parametrize("section", sections(), ids=lambda s: s.slug)
def test_a_chapters_quiz_ends_with_the_way_to_more_questions(section, site):
    after = (site / f"{section.slug}.html").read_text().partition("</coldstart-quiz>")[2]
    assert re.match(r'<p class="quiz-more">.*?href="practice.html".*?href="exam.html"', after)


@pytest.mark.parametrize("section", sections(), ids=lambda s: s.slug)
def test_the_notebook_to_download_holds_no_solution(section, site):
    cells = json.loads((site / f"labs/{section.slug}.ipynb").read_text())["cells"]
    assert not any("solution" in cell["metadata"].get("tags", []) or cell.get("outputs") for cell in cells)


@pytest.mark.parametrize("section", sections(), ids=lambda s: s.slug)
def test_a_lab_page_is_light(section, site):
    own = [site / "assets" / name for name in ("course.css", "course.js", "session.js")]
    pictures = [p for p in (site / "labs").glob(f"{section.slug}-*") if p.suffix in (".svg", ".png")]
    assert compressed(site / f"labs/{section.slug}.html", *pictures, *own) <= PAGE_KB


@pytest.mark.parametrize("leftover", ["{fact:", "{{ quiz", "\ue000", "\ue001"])
def test_no_placeholder_is_left_on_a_page(leftover, site):
    assert [page.name for page in site.rglob("*.html") if leftover in page.read_text()] == []


def test_no_path_of_this_machine_is_published(site):
    here = str(building.ROOT)
    texts = [page for page in site.rglob("*") if page.suffix in (".html", ".json", ".ipynb", ".js")]
    assert [page.name for page in texts if here in page.read_text()] == []


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A copy of the site's configuration whose chapters a test may spoil."""
    (tmp_path / "book").mkdir()
    for name in ("book/assets", "labs", "quizzes", "src"):
        (tmp_path / name).symlink_to(building.ROOT / name)
    for chapter in (building.ROOT / "book").glob("*.md"):
        (tmp_path / "book" / chapter.name).write_text(chapter.read_text())
    (tmp_path / "mkdocs.yml").write_text((building.ROOT / "mkdocs.yml").read_text())
    monkeypatch.setattr(building, "ROOT", tmp_path)
    return tmp_path / "book"


@pytest.mark.parametrize(
    ("added", "complaint"),
    [
        ("[gone](no-such-page.md)", "no-such-page.md"),
        ("[gone](14-aliases.md#no-such-place)", "no-such-place"),
        ("{fact:no.such.fact}", "book/glossary.md: .*no.such.fact"),
    ],
)
def test_a_fault_in_a_chapter_is_refused_by_name_and_the_old_site_stays(book, added, complaint, tmp_path):
    (book / "glossary.md").open("a").write(f"\n\n{added}\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.html").touch()
    with pytest.raises(CourseError, match=complaint):
        building.build(folder=tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["old.html"]
    assert list(tmp_path.glob(".site-*")) == []


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match="file/site: "):
        building.build(folder=tmp_path / "file" / "site")
