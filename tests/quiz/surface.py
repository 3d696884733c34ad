"""Pages with made-up questions, opened in a real browser."""

import copy
import json
import shutil
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe

from coldstart.paths import BOOK
from coldstart.quiz import html

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Quiz</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><link rel="stylesheet" href="assets/course.css">
<link rel="stylesheet" href="assets/quiz/coldstart-quiz.css"><link rel="stylesheet" href="assets/quiz/pages.css">{scripts}</head>
<body data-md-color-scheme="default" class="md-typeset"><main><h1>Quiz</h1>{body}</main></body></html>"""
# The theme's own script does this on the site.
SCHEME = "addEventListener('DOMContentLoaded', () => { if (matchMedia('(prefers-color-scheme: dark)').matches) document.body.dataset.mdColorScheme = 'slate' })"
BACKGROUND = "<style>body { background: var(--paper); color: var(--ink); margin: 16px }</style>"
SKILLS = {"1.2.2": "configuration", "2.1.6": "permissions", "3.2.4": "aliases", "4.3.1": "concurrency"}
SECTIONS = {"02-memory-cpu": "Memory and CPU", "08-permissions": "Permissions", "14-aliases": "Aliases"}


def page(kind, body, *banks):
    """The text of a page that loads what a page of the site of that kind does."""
    names = [*html.SCRIPTS, *html.PAGES.get(kind, ())]
    tags = [f'<script defer src="assets/quiz/{name}"></script>' for name in names]
    tags += [f'<script defer src="assets/bank/{name}.js"></script>' for name in banks]
    return PAGE.format(scripts="".join(tags) + BACKGROUND, body=body)


def publish(folder, sample, count=24, asked=12):
    """Fill a folder with the pages, for `count` questions in three sections and four domains and an exam that asks some."""
    for name in ("quiz", "vendor"):
        shutil.copytree(BOOK / "assets" / name, folder / "assets" / name)
    shutil.copy(BOOK / "assets" / "course.css", folder / "assets")
    (folder / "assets" / "bank").mkdir()
    banks = made_up(sample, count)
    for slug, bank in banks.items():
        (folder / "assets" / "bank" / f"{slug}.js").write_text(html.registered(bank), encoding="utf-8")
    (folder / "assets" / "bank" / "exam.js").write_text(exam(asked), encoding="utf-8")
    for kind in html.PAGES:
        body = f"<coldstart-{kind}></coldstart-{kind}>"
        (folder / f"{kind}.html").write_text(page(kind, body, *banks, "exam"), encoding="utf-8")
    return folder


def made_up(sample, count):
    """Banks whose questions are the sample's under other names: q-00 is of the first section and the first skill, and so on."""
    banks = {slug: {"schema": 1, "section": slug, "title": title, "questions": []} for slug, title in SECTIONS.items()}
    for n in range(count):
        question = copy.deepcopy(sample["questions"][n % 3])
        slug, skill = list(SECTIONS)[n % 3], list(SKILLS)[n % 4]
        question |= {"id": f"q-{n:02}", "skills": [skill], "section": {"slug": slug, "anchor": "part"}}
        banks[slug]["questions"].append(question)
    return banks


def exam(asked):
    """A made-up exam as a script: a quarter of it for each domain, twenty minutes."""
    domains = [{"id": str(n), "title": f"Domain {n}", "percent": 25} for n in range(1, 5)]
    outline = {"id": "dva-c03", "name": "An exam", "source": "https://docs.aws.amazon.com/", "questions": asked}
    outline |= {"minutes": 20, "domains": domains, "skills": SKILLS}
    return f"((globalThis.coldstart ??= {{}}).exams ??= {{}})['dva-c03'] = {json.dumps(outline)};"


@contextmanager
def opened(browser, url, *, before="", kept=None, **context):
    """A page, closed afterwards; any error of its scripts and any request elsewhere fails the test.

    Args:
        browser: Chromium.
        url: Of the page.
        before: A script that runs before those of the page.
        kept: What storage holds: a progress, as text or not, or a key and a text.
        context: More for the browser's context.
    """
    with browser.new_context(**context) as tab:
        tab.add_init_script(SCHEME)
        tab.add_init_script(before)
        shown = tab.new_page()
        errors, foreign = [], []
        shown.on("pageerror", lambda error: errors.append(str(error)))
        shown.on("request", lambda request: foreign.append(request.url) if _is_foreign(request.url, url) else None)
        shown.goto(url)
        if kept is not None:
            keep(shown, kept)
        yield shown
        assert errors == []
        assert foreign == []


def keep(shown, kept):
    """Put a progress into storage, and load the page anew."""
    key, value = kept if isinstance(kept, tuple) else ("coldstart-progress", kept)
    text = value if isinstance(value, str) else json.dumps(value)
    shown.evaluate("([key, text]) => { localStorage.clear(); localStorage[key] = text }", [key, text])
    shown.reload()


def _is_foreign(address, page_address):
    return not address.startswith((page_address.rsplit("/", 1)[0], "data:", "blob:"))


def inspect(shown):
    """Demand that axe finds nothing and that nothing is wider than the page."""
    violations = Axe().run(shown).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in violations] == []
    assert shown.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def stored(shown):
    """The progress that the browser keeps."""
    return json.loads(shown.evaluate("localStorage['coldstart-progress'] ?? 'null'"))


def progress(**parts):
    """A progress with these parts."""
    empty = {"format": "coldstart-progress", "version": 2, "log": [], "flags": [], "attempts": {}, "exam": None}
    return {**empty, "exams": [], **parts}


def entry(question, at="2026-11-20T08:00:00.000Z", *, correct=True, mode="practice"):
    """An answer of the log."""
    return {"question": question, "at": at, "picked": ["a"], "correct": correct, "mode": mode}
