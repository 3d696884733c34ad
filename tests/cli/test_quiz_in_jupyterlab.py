"""The quiz at the end of a lab, in the JupyterLab of `coldstart learn`: a learner answers, and the terminal knows."""

import json
import re
from contextlib import contextmanager
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_markdown_cell, new_notebook

from coldstart.course import section
from coldstart.lab import editions, notebook
from coldstart.quiz.bank import bank

QUESTIONS = {question["id"]: question for question in bank("14")["questions"]}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
LONG = 60_000  # milliseconds: a kernel starts


@pytest.fixture(scope="module")
def lab(learning):
    """The address of a small lab's copy for learners, and the file of the progress."""
    _, addresses, _, work = learning
    small = new_notebook(cells=[new_markdown_cell("# Lab", id="14-aliases-title")], metadata=KERNEL)
    notebook.write(editions.learner(small, section("14")), work / "labs" / "small.ipynb")
    return addresses["the labs"].replace("/lab?", "/lab/tree/small.ipynb?"), work / "progress.json"


@contextmanager
def opened(browser, address, *, theme="JupyterLab Light"):
    """JupyterLab with the notebook, its quiz on the screen; the theme is this page's alone."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as tab:
        page, errors = tab.new_page(), []
        page.set_default_timeout(LONG)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.route("**/api/settings**", partial(_settings, theme))
        page.goto(address)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        run_the_last_cell(page)
        page.locator(".cq-widget .cq-live").wait_for()
        yield page
        assert errors == []


def run_the_last_cell(page):
    """Run it; JupyterLab forgets a cell that is run while it connects to a new kernel, and its prompt stays empty."""
    prompt = page.locator(".jp-CodeCell .jp-InputPrompt").last
    for _ in range(10):
        page.locator(".jp-CodeCell .cm-content").last.click()
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(1000)
        if prompt.text_content() != "[ ]:":
            return


def _settings(theme, route):
    """Keep nothing of what JupyterLab sets, and tell it the theme."""
    if route.request.method != "GET":
        return route.fulfill(status=204)
    response = route.fetch()
    told = response.json()
    for plugin in told["settings"] if isinstance(told.get("settings"), list) else [told]:
        if plugin.get("id") == "@jupyterlab/apputils-extension:themes":
            plugin["raw"] = json.dumps({"theme": theme, "adaptive-theme": False})
    return route.fulfill(response=response, json=told)


def question(page):
    return QUESTIONS[page.locator(".cq-widget input").first.get_attribute("name").removeprefix("cq-")]


def answer(page):
    asked = question(page)
    keys = [option["id"] for option in asked["options"] if option["correct"]]
    for key in keys:
        page.locator(f".cq-widget [data-option={key}] input").check()
    page.get_by_role("button", name="Check", exact=True).click()
    return asked, keys


def kept(page, file, number):
    """The log in the file, once it has this many answers."""
    for _ in range(300):
        log = json.loads(file.read_text())["log"] if file.exists() else []
        if len(log) >= number:
            break
        page.wait_for_timeout(100)
    return log


def test_an_answer_shows_its_reasons_and_is_in_the_terminals_file(browser, lab):
    address, file = lab
    with opened(browser, address) as page:
        asked, keys = answer(page)
        assert page.locator(".cq-why").count() == len(asked["options"])
        assert page.locator(".cq-widget .cq-status").text_content() == "Correct."
        [entry] = kept(page, file, 1)
        assert (entry["question"], sorted(entry["picked"]), entry["correct"]) == (asked["id"], sorted(keys), True)
        assert page.locator(".cq-widget > .cq-notice").text_content() == ""
    with opened(browser, address) as page:
        assert page.get_by_text("1 of 1 correct so far").is_visible()


def test_its_links_lead_to_the_course_beside_the_notebook(browser, lab, learning):
    with opened(browser, lab[0]) as page:
        asked, _ = answer(page)
        link = page.get_by_role("link", name="Read this part of the chapter")
        assert link.get_attribute("href") == f"{learning[1]['the notes']}14-aliases.html#{asked['section']['anchor']}"
        with page.context.expect_page() as chapter:
            link.click()
        assert "Coldstart" in chapter.value.title()
        assert page.locator(".cq-widget").is_visible()


def test_keys_choose_an_answer_and_leave_the_notebook_alone(browser, lab):
    with opened(browser, lab[0]) as page:
        while question(page)["choose"] > 1:
            page.get_by_role("button", name="Skip for now").click()
        cells = page.locator(".jp-Cell").count()
        page.locator(".cq-widget input").first.focus()
        for key in ("ArrowDown", "ArrowDown", "b", "x", "ArrowUp"):
            page.keyboard.press(key)
        assert page.locator(".cq-widget input:checked").count() == 1
        assert page.locator(".cq-widget input").nth(1).is_checked()
        assert page.locator(".jp-Cell").count() == cells


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_is_legible_in_both_themes(browser, lab, theme):
    with opened(browser, lab[0], theme=theme) as page:
        page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")
        for state in ("open", "answered"):
            if state == "answered":
                answer(page)
                page.locator(".cq-proof summary").click()
            found = Axe().run(page, context=".cq-widget").response["violations"]
            assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
        dark = theme.endswith("Dark")
        shades = [int(part) for part in re.findall(r"\d+", ground(page))[:3]]
        assert (max(shades) < 80) == dark, shades


def ground(page):
    return page.locator(".cq-question").evaluate("node => getComputedStyle(node).backgroundColor")
