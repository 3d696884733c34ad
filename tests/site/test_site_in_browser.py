"""The pages in a real browser: offline, without an error, for everybody."""

from contextlib import ExitStack
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from coldstart.course import sections

SECTION_PAGES = [page for s in sections() for page in (f"{s.slug}.html", f"labs/{s.slug}.html")]
LISTS = [
    "practice.html",
    "exam.html",
    "glossary.html",
    "numbers.html",
    "quotas.html",
    "status.html",
    "differences.html",
]
PAGES = ["index.html", *SECTION_PAGES, *LISTS]
SIZES = {"desk": {"width": 1400, "height": 900}, "phone": {"width": 390, "height": 844}}
SCHEMES = ["light", "dark"]
# Colours do not depend on the width nor structure on the scheme: each rule sees each scheme and each width, but not all four twice.
CONTRAST = "color-contrast"
RULES = {
    ("light", "desk"): {},
    ("dark", "phone"): {},
    ("dark", "desk"): {"runOnly": [CONTRAST]},
    ("light", "phone"): {"rules": {CONTRAST: {"enabled": False}}},
}


@pytest.fixture(params=["file", "http"])
def base(request, site, address):
    return f"{site.as_uri()}/" if request.param == "file" else address


@pytest.fixture(scope="module")
def profile(browser):
    """A browser profile for each scheme and size; its pages share a cache, which saves most of their cost."""
    return cache(lambda scheme, size: browser.new_context(color_scheme=scheme, viewport=SIZES[size]))


@pytest.fixture
def open_page(profile):
    """Open pages, which are closed afterwards."""
    with ExitStack() as opened:
        yield lambda url, scheme="light", size="desk": _open(
            opened.enter_context(profile(scheme, size).new_page()), url
        )


def _open(page, url):
    page.set_default_timeout(120_000)
    page.events, page.requests = [], []
    page.on("console", lambda message: page.events.append(message.text))
    page.on("pageerror", lambda error: page.events.append(str(error)))
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto(url)
    return page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_other_host_and_reports_no_error(name, base, open_page):
    page = open_page(base + name)
    page.wait_for_load_state("networkidle")
    assert [url for url in page.requests if not url.startswith((base, "data:", "blob:"))] == []
    assert page.events == []


@pytest.mark.parametrize(
    ("name", "scheme", "size"),
    [*product(["index.html", *SECTION_PAGES, "404.html"], SCHEMES, SIZES), *product(LISTS, ["light"], ["phone"])],
)
def test_a_page_has_no_accessibility_violation(name, scheme, size, address, open_page):
    page = open_page(address + name, scheme=scheme, size=size)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    results = Axe().run(page, options={"resultTypes": ["violations"], "preload": False} | RULES[scheme, size])
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("name", [*PAGES, "404.html"])
def test_a_page_fits_a_phone(name, address, open_page):
    page = open_page(address + name, size="phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"]


@pytest.mark.parametrize(("name", "shows"), [("practice.html", "questions match."), ("exam.html", "Begin the exam")])
def test_a_page_of_questions_asks_those_of_the_course(name, shows, base, open_page):
    page = open_page(base + name)
    page.get_by_text(shows).wait_for()
    known = page.evaluate("coldstart.bank.sections.map(bank => bank.section)")
    assert known == [section.slug for section in sections()]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_a_mock_exam_of_the_course_and_its_report_are_accessible_and_fit(scheme, size, address, open_page):
    page = open_page(address + "exam.html", scheme=scheme, size=size)
    page.evaluate("coldstart.progress.erase()")
    page.get_by_role("button", name="Begin the exam").click()
    for shown in (".qx-cells", ".qx-noscore"):
        page.locator(shown).wait_for()
        results = Axe().run(page, options={"resultTypes": ["violations"], "preload": False} | RULES[scheme, size])
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
        if shown == ".qx-cells":
            page.locator(".qx-finish").click()
            page.get_by_role("button", name="Finish and see the report").click()


@pytest.mark.parametrize("name", ["practice.html", "exam.html"])
def test_without_javascript_a_page_of_questions_leads_to_the_quizzes_with_folded_answers(name, site, browser):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((site / name).as_uri())
        assert page.get_by_text("works with JavaScript").is_visible()
        links = page.locator("ul.fallback a").evaluate_all("all => all.map(link => link.getAttribute('href'))")
        assert links == [f"{section.slug}.html#quiz" for section in sections()]


def test_the_search_finds_what_is_typed(base, open_page):
    page = open_page(base + "index.html")
    page.locator("input.md-search__input").click()
    page.keyboard.type("canary")
    page.wait_for_selector(".md-search-result__item a[href*='14-aliases']")


def test_a_lab_opens_in_jupyterlab_when_it_is_served_with_it(address, open_page):
    link = open_page(address + "labs/14-aliases.html").get_by_role("link", name="Open in JupyterLab")
    assert link.get_attribute("href") == "http://127.0.0.1:8149/lab/tree/14-aliases.ipynb?token=a-token"


def test_a_lab_offers_no_jupyterlab_elsewhere(site: Path, open_page):
    page = open_page((site / "labs/14-aliases.html").as_uri())
    assert not page.get_by_text("Open in JupyterLab").is_visible()
    assert page.get_by_role("link", name="Download the notebook").is_visible()


@pytest.mark.parametrize(("name", "words"), [("labs/14-aliases.html", ""), ("14-aliases.html", "The lab: ")])
def test_a_page_says_when_its_lab_last_ran_or_how_to_run_it(name, words, address, open_page):
    said = open_page(address + name).locator(".record").inner_text().removeprefix(words).lower()
    assert said.startswith(
        ("last run, with its solutions, on ", "not yet run on this machine: .venv/bin/coldstart run 14-aliases")
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_colours_follow_the_system_until_the_reader_chooses(scheme, address, browser):
    with browser.new_context(color_scheme=scheme, viewport=SIZES["desk"]) as context:
        page = _open(context.new_page(), address)
        body = page.locator("body")
        seen = [body.get_attribute("data-md-color-scheme")]
        page.locator("label[title^='Switch to the']:visible").click()
        seen.append(body.get_attribute("data-md-color-scheme"))
    assert seen == (["default", "slate"] if scheme == "light" else ["slate", "default"])
