"""The quiz element in a real browser, from a file and from a server, by keyboard, in both schemes."""

import gzip
import json
import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from surface import entry, inspect, opened, progress, stored

from coldstart.paths import BOOK
from coldstart.quiz import html

ASSETS = BOOK / "assets" / "quiz"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Quiz</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><style>body {{ background: Canvas; color: CanvasText }}</style>
<link rel="stylesheet" href="quiz/coldstart-quiz.css">
{scripts}</head>
<body><main><h1>Quiz</h1>{quiz}<p id="cpu-share">The part of the chapter</p></main></body></html>"""
KEYS = {"demo-one-answer": ["memory"], "demo-two-answers": ["configured", "billed"], "demo-figures": ["b"]}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory, sample):
    """A folder with two pages that hold the made-up quiz: one loads the script as usual, one as a module."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ASSETS, folder / "quiz")
    for name, kind in [("index", "defer"), ("module", 'type="module"')]:
        scripts = "".join(f'<script {kind} src="quiz/{script}"></script>' for script in html.SCRIPTS)
        (folder / f"{name}.html").write_text(PAGE.format(scripts=scripts, quiz=html.embed(sample)), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(site):
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=site)) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture(params=["file", "http"])
def address(request, site, server):
    return f"file://{site}/index.html" if request.param == "file" else f"{server}/index.html"


@pytest.fixture
def quiz(site):
    """The page as a file, where the way it is loaded does not matter."""
    return f"file://{site}/index.html"


def question(page):
    return page.locator("input").first.get_attribute("name").removeprefix("cq-")


def answer(page, *options):
    for option in options:
        page.locator(f"[data-option={option}] input").check()
    page.get_by_role("button", name="Check").click()


def answer_right(page):
    answer(page, *KEYS[question(page)])


def answer_wrong(page):
    asked = question(page)
    values = [item.get_attribute("value") for item in page.locator("input").all()]
    answer(page, *[value for value in values if value not in KEYS[asked]][: len(KEYS[asked])])


def status(page):
    return page.get_by_role("status").text_content()


def go_on(page):
    page.locator("button[type=submit]").click()


def test_the_whole_quiz_can_be_taken_by_keyboard_alone(browser, address):
    with opened(browser, address) as page:
        for number in (1, 2, 3):
            assert page.get_by_text(f"Question {number} of 3").is_visible()
            page.keyboard.press("Tab")
            if page.locator("input[type=radio]").count():
                page.keyboard.press("ArrowDown")
                page.keyboard.press("ArrowDown")
                assert page.locator("input:checked").count() == 1
                assert page.locator(".cq-why").count() == 0, "moving the choice must not answer"
                page.keyboard.press("Tab")
            else:
                page.keyboard.press("Space")
                page.keyboard.press("Tab")
                page.keyboard.press("Space")
                for _ in range(page.locator("input").count() - 1):
                    page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.textContent") == "Check"
            page.keyboard.press("Enter")
            assert status(page).startswith(("Correct.", "Not correct."))
            assert page.evaluate("document.activeElement.type") == "submit"
            page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.className") == "cq-result"


def test_after_going_on_the_focus_is_on_the_next_question(browser, quiz):
    with opened(browser, quiz) as page:
        answer_right(page)
        go_on(page)
        assert page.evaluate("document.activeElement.textContent") == "Question 2 of 3"


def test_every_option_gets_its_reason_and_a_word(browser, quiz, sample):
    with opened(browser, quiz) as page:
        for _ in sample["questions"]:
            asked = next(item for item in sample["questions"] if item["id"] == question(page))
            answer_wrong(page)
            for option in asked["options"]:
                row = page.locator(f"[data-option={option['id']}]")
                assert row.locator(".cq-why > div").inner_html() == option["why"]["html"].replace("&quot;", '"')
                assert ("Correct" if option["correct"] else "Wrong") in row.locator(".cq-verdict").text_content()
            assert status(page).startswith("Not correct.")
            go_on(page)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ([], "Choose exactly two."),
        (["used"], "Choose exactly two; you have chosen one."),
        (["used", "wall", "cores"], "Choose exactly two; you have chosen three."),
    ],
)
def test_the_wrong_number_of_answers_is_not_graded(browser, quiz, chosen, said):
    with opened(browser, quiz) as page:
        while question(page) != "demo-two-answers":
            page.get_by_role("button", name="Skip for now").click()
        answer(page, *chosen)
        assert status(page) == said
        assert page.locator(".cq-why").count() == 0
        page.locator("input").last.click()
        assert status(page) == ""


def test_results_are_announced_in_a_region_that_was_there_before(browser, quiz):
    with opened(browser, quiz) as page:
        page.evaluate("window.region = document.querySelector('[role=status]')")
        answer_right(page)
        assert page.evaluate("[region.isConnected, region.textContent]") == [True, "Correct."]
        go_on(page)
        answer_wrong(page)
        assert page.evaluate("region.isConnected && region.textContent.startsWith('Not correct. The answer')")


def test_the_group_is_named_by_number_and_question(browser, quiz):
    with opened(browser, quiz) as page:
        while question(page) != "demo-figures":
            page.get_by_role("button", name="Skip for now").click()
        name = "Question 1 of 3 On default compute, for how long may one invocation of a function run at most?"
        assert page.get_by_role("group", name=name).count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_nothing_and_nothing_overflows(browser, quiz, scheme, width):
    with opened(
        browser, quiz, color_scheme=scheme, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    ) as page:
        for respond in (answer_right, answer_wrong, answer_wrong):
            inspect(page)
            respond(page)
            page.get_by_text("Evidence", exact=True).click()
            inspect(page)
            go_on(page)
        inspect(page)


def test_answers_survive_a_reload_and_the_missed_can_be_retried(browser, address):
    with opened(browser, address) as page:
        missed = question(page)
        answer_wrong(page)
        page.reload()
        assert page.get_by_text("Question 2 of 3").is_visible()
        assert page.get_by_text("0 of 1 correct so far").is_visible()
        answer_right(page)
        go_on(page)
        answer_right(page)
        go_on(page)
        page.reload()
        assert page.locator(".cq-result").text_content() == "2 of 3 correct, 67 %"
        assert page.locator(".cq-missed a").get_attribute("href").startswith("#")
        log = stored(page)["log"]
        assert {answer["question"]: answer["correct"] for answer in log} == {name: name != missed for name in KEYS}
        assert {answer["mode"] for answer in log} == {"section"}
        assert [answer["at"] for answer in log] == sorted(answer["at"] for answer in log)
        page.get_by_role("button", name="Retry the 1 missed").click()
        assert question(page) == missed
        answer_right(page)
        go_on(page)
        assert page.locator(".cq-result").text_content() == "1 of 1 correct, 100 %"
        page.get_by_role("button", name="Start again").click()
        assert page.get_by_text("Question 1 of 3").is_visible()


def test_a_question_put_off_comes_back_at_the_end(browser, quiz):
    with opened(browser, quiz) as page:
        first = question(page)
        page.get_by_role("button", name="Skip for now").click()
        second = question(page)
        page.get_by_role("button", name="Skip for now").click()
        answer_right(page)
        go_on(page)
        assert question(page) == first
        page.get_by_role("button", name="Skip for now").click()
        assert question(page) == second


@pytest.mark.parametrize("attempt", ["x", {"done": ["gone", "demo-figures"], "later": 5}, {"seed": 1, "only": 7}])
def test_an_attempt_that_is_not_as_it_should_be_does_no_harm(browser, server, attempt):
    state = json.dumps(progress(attempts={"02-memory-cpu": attempt}))
    with opened(browser, f"{server}/index.html", kept=state) as page:
        for number in (1, 2, 3):
            assert page.get_by_text(f"Question {number} of 3").is_visible()
            answer_right(page)
            go_on(page)
        assert page.locator(".cq-result").text_content() == "3 of 3 correct, 100 %"


def test_an_answer_that_was_given_elsewhere_does_not_count_for_the_sections_quiz(browser, server):
    attempt = {"seed": 1, "only": None, "done": ["demo-figures"], "later": []}
    log = [{**entry("demo-figures", correct=False, mode="section"), "picked": ["a"]}]
    log += [{**entry("demo-figures", "2026-11-21T08:00:00.000Z"), "picked": ["b"]}]
    with opened(browser, f"{server}/index.html", kept=progress(log=log, attempts={"02-memory-cpu": attempt})) as page:
        assert page.get_by_text("0 of 1 correct so far").is_visible()


def test_a_flag_is_kept_and_can_be_taken_away(browser, address):
    with opened(browser, address) as page:
        asked = question(page)
        page.get_by_role("button", name="Flag").click()
        page.reload()
        assert stored(page)["flags"] == [asked]
        flag = page.get_by_role("button", name="Flag")
        assert flag.get_attribute("aria-pressed") == "true"
        flag.press("Enter")
        assert flag.get_attribute("aria-pressed") == "false"
        assert stored(page)["flags"] == []


def test_it_works_where_the_browser_refuses_storage(browser, address):
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError') } })"
    with opened(browser, address, before=refuse) as page:
        for _ in KEYS:
            answer_right(page)
            go_on(page)
        assert page.locator(".cq-result").text_content() == "3 of 3 correct, 100 %"
        assert "lasts as long as this page" in page.locator(".cq-notice").text_content()


def test_it_asks_the_network_for_nothing_but_its_own_files(browser, address):
    with browser.new_context() as tab:
        page, seen = tab.new_page(), []
        page.on("request", lambda request: seen.append(request.url))
        page.goto(address)
        for _ in KEYS:
            answer_right(page)
            go_on(page)
        base = address.removesuffix("index.html")
        expected = [address, *(f"{base}quiz/{name}" for name in ("coldstart-quiz.css", *html.SCRIPTS))]
        assert [url for url in seen if not url.startswith("data:")] == expected


def test_without_javascript_the_questions_are_there_with_folded_answers(browser, address, sample):
    with browser.new_context(java_script_enabled=False) as tab:
        page = tab.new_page()
        page.goto(address)
        items = page.locator(".cq-fallback > li")
        assert items.count() == len(sample["questions"])
        assert items.first.locator("details").get_attribute("open") is None
        assert not items.first.get_by_text("shared out in proportion").is_visible()
        items.first.locator("summary").click()
        assert items.first.get_by_text("shared out in proportion").is_visible()
        assert page.locator(".cq-live").count() == 0


def test_on_paper_all_questions_stand_without_their_answers(browser, quiz):
    with opened(browser, quiz) as page:
        assert page.locator(".cq-live").is_visible()
        assert not page.locator(".cq-fallback").is_visible()
        page.emulate_media(media="print")
        assert not page.locator(".cq-live").is_visible()
        assert page.locator(".cq-fallback > li").count() == len(KEYS)
        assert page.locator(".cq-fallback").is_visible()
        assert not page.locator(".cq-fallback dd").first.is_visible()


def test_motion_and_forced_colours_are_respected(browser, quiz):
    with opened(browser, quiz, reduced_motion="reduce", forced_colors="active") as page:
        duration = "getComputedStyle(document.querySelector('.cq-option')).transitionDuration"
        assert page.evaluate(duration) == "0s"
        row = page.locator(".cq-option").first
        plain = row.evaluate("row => getComputedStyle(row).borderTopWidth")
        row.locator("input").check()
        assert row.evaluate("row => getComputedStyle(row).borderTopWidth") != plain


def test_markup_in_a_question_stays_text(browser, quiz):
    with opened(browser, quiz) as page:
        while question(page) != "demo-one-answer":
            page.get_by_role("button", name="Skip for now").click()
        assert page.locator("[data-option=markup] .cq-text").text_content() == 'Return <b>"&</b> early & often.'
        answer_right(page)
        assert "<script>alert(1)</script>" in page.locator("[data-option=markup] .cq-why").text_content()
        assert page.locator("coldstart-quiz script").count() == 1


def test_the_seed_fixes_the_order_and_figures_stay_sorted(browser, site):
    def orders(seed):
        found = {}
        memory = progress(attempts={"02-memory-cpu": {"seed": seed}})
        with opened(browser, f"file://{site}/index.html", kept=memory) as page:
            for _ in KEYS:
                found[question(page)] = [item.get_attribute("value") for item in page.locator("input").all()]
                answer_right(page)
                go_on(page)
        return found

    several = [orders(seed) for seed in range(4)]
    assert orders(3) == several[3]
    assert list(orders(3)) == list(several[3])
    assert len({tuple(found) for found in several}) > 1
    assert len({tuple(found["demo-two-answers"]) for found in several}) > 1
    assert {tuple(found["demo-figures"]) for found in several} == {("a", "b", "c", "d")}


def test_the_same_file_also_loads_as_a_module(browser, server):
    with opened(browser, f"{server}/module.html") as page:
        answer_right(page)
        assert status(page) == "Correct."
        page.evaluate("import('./quiz/coldstart-quiz.mjs?again')")
        assert page.evaluate("typeof customElements.get('coldstart-quiz')") == "function"


def test_a_host_without_a_script_child_can_set_the_bank(browser, server, sample):
    with opened(browser, f"{server}/index.html") as page:
        page.evaluate(
            "bank => { const quiz = document.createElement('coldstart-quiz'); quiz.bank = bank; document.querySelector('main').replaceChildren(quiz) }",
            sample,
        )
        answer_right(page)
        assert status(page) == "Correct."


def test_of_a_question_whose_code_was_run_it_says_so(browser, server, sample):
    run = {**sample["questions"][2], "proof": {**sample["questions"][2]["proof"], "run": True}}
    with opened(browser, f"{server}/index.html") as page:
        page.evaluate(
            "bank => { const quiz = document.createElement('coldstart-quiz'); quiz.bank = bank; document.querySelector('main').replaceChildren(quiz) }",
            {**sample, "questions": [run]},
        )
        answer_right(page)
        assert html.FOUND_BY_RUNNING in page.locator(".cq-proof").text_content()


def test_page_and_fallback_say_the_same_of_what_an_answer_rests_on():
    script = (ASSETS / "question.js").read_text(encoding="utf-8")
    assert [said for said in [*html.LABELS.values(), html.FOUND_BY_RUNNING] if said not in script] == []


def test_the_element_is_small():
    assert len(gzip.compress(b"".join((ASSETS / name).read_bytes() for name in html.SCRIPTS))) <= 15 * 1024
