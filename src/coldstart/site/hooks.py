"""The MkDocs hooks: thin, each hands its page to the function that knows what to do with it."""

import json
from functools import cache
from typing import Any, Final

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from coldstart import course
from coldstart.facts import load
from coldstart.paths import EMULATOR
from coldstart.quiz import exams, html
from coldstart.quiz.bank import bank
from coldstart.site import a11y, chapters, diagrams, glossary, labs, numbers, quotas, records, status

NUMBERS: Final = "numbers.md"
QUOTAS: Final = "quotas.md"
STATUS: Final = "status.md"
PRACTICE: Final = "practice.md"
EXAM: Final = "exam.md"
GLOSSARY: Final = "glossary.md"
DIFFERENCES: Final = "differences.md"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the pages in the order of the course."""
    sections = [
        page
        for section in course.sections()
        for page in (
            {section.title: section.chapter.name},
            {f"{section.title}: the lab": f"labs/{section.slug}.md"},
        )
    ]
    config.nav = [
        {"Home": "index.md"},
        *sections,
        {"Practice": PRACTICE},
        {"Mock exam": EXAM},
        {"Glossary": GLOSSARY},
        {"Numbers": NUMBERS},
        {"Quotas": QUOTAS},
        {"Status": STATUS},
        {"What differs from AWS": DIFFERENCES},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made or written elsewhere: labs, question banks, the register of numbers, the quotas, the status, the emulator's differences."""
    for section in course.sections():
        for address, content in labs.publish(section):
            files.append(File.generated(config, address, content=content))
        questions = json.dumps(_bank(section.slug), ensure_ascii=False)
        files.append(File.generated(config, f"assets/bank/{section.slug}.json", content=questions))
        registered = html.registered(_bank(section.slug))
        files.append(File.generated(config, f"assets/bank/{section.slug}.js", content=registered))
    files.append(File.generated(config, f"assets/bank/{exams.CURRENT}.js", content=html.exam()))
    files.append(File.generated(config, NUMBERS, content=numbers.register(load())))
    files.append(File.generated(config, QUOTAS, content=quotas.page(quotas.load())))
    files.append(File.generated(config, STATUS, content=_status()))
    files.append(File.generated(config, DIFFERENCES, content=(EMULATOR / "DIFFERENCES.md").read_text()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Give a chapter its drawings and its numbers; its quiz comes later, as HTML."""
    drawn = diagrams.inline(markdown).replace("<figure ", "<figure data-search-exclude ")
    return chapters.mark_facts(drawn, page.file.src_uri)


def on_page_content(content: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Link numbers and terms, put the quiz in its place."""
    if page.file.src_uri == GLOSSARY:
        content = glossary.with_anchors(content)
    names = {"numbers": NUMBERS, "glossary": GLOSSARY, "practice": PRACTICE, "exam": EXAM}
    pages = chapters.Pages(**{name: files.src_uris[uri].url_relative_to(page.file) for name, uri in names.items()})
    section = _section(page)
    return chapters.finish(content, _bank(section.slug) if section else None, pages)


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Tell every template, 404 among them, which sections there are, and what a quiz is made of."""
    env.globals.update(sections=course.sections(), exam=exams.CURRENT, outline=exams.outline())
    env.globals.update(quiz_scripts=html.SCRIPTS, page_scripts=html.PAGES)
    return env


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Any) -> dict[str, Any]:
    """Tell the templates which section a page belongs to, and when its lab last ran."""
    section = _section(page)
    context.update(section=section, kind=_kind(page))
    if section:
        context.update(record=records.load(section.slug), questions=len(_bank(section.slug)["questions"]))
    return context


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Mend what the theme leaves inaccessible."""
    return a11y.mend(output)


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """Mend the pages that are not in the navigation, such as 404."""
    return a11y.mend(output_content)


def _status() -> str:
    questions = {section.slug: len(_bank(section.slug)["questions"]) for section in course.sections()}
    states = [
        status.state(section, records.load(section.slug), load(), questions[section.slug])
        for section in course.sections()
    ]
    return status.page(states, load())


@cache
def _bank(slug: str) -> dict[str, Any]:
    """Return a section's questions, rendered once; MkDocs loads this module anew for every build."""
    return bank(slug)


def _kind(page: Page) -> str:
    return "lab" if page.file.src_uri.startswith("labs/") else "chapter"


def _section(page: Page) -> course.Section | None:
    slug = page.file.src_uri.removeprefix("labs/").removesuffix(".md")
    return next((section for section in course.sections() if section.slug == slug), None)
