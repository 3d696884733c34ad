"""The mock exam's page in a real browser: a whole exam, what interrupts it, its time, its report."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from surface import entry, inspect, opened, progress, publish, stored

from coldstart.quiz.progress import parse
from coldstart.quiz.report import NO_SCALED_SCORE

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
COUNT, ASKED, MINUTES = 24, 12, 20


@pytest.fixture(scope="module")
def site(tmp_path_factory, sample):
    return publish(tmp_path_factory.mktemp("site"), sample, COUNT, ASKED)


@pytest.fixture(scope="module")
def url(site):
    return f"file://{site}/exam.html"


def under_way(**parts):
    """An exam of the first twelve questions that is under way."""
    exam = {"exam": "dva-c03", "seed": 7, "started": "2026-11-25T10:00:00.000Z", "minutes": MINUTES, "used": 60}
    exam |= {"questions": [f"q-{n:02}" for n in range(ASKED)], "answers": {}, "flags": [], "at": 0}
    return progress(exam={**exam, **parts})


def begin(page):
    page.get_by_role("button", name="Begin the exam").click()


def heading(page):
    return page.locator(".qx-stage legend").text_content()


def time_left(page):
    hours, minutes, seconds = page.get_by_role("timer").text_content().removesuffix(" left").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def choose(page, *, right):
    """Mark an answer to the question that is shown."""
    ids = page.evaluate(
        """right => { const id = document.querySelector('.qx-stage input').name.slice(3);
        const question = coldstart.bank.byId.get(id);
        return question.options.filter(option => option.correct === right).slice(0, question.choose).map(option => `qx-${id}-${option.id}`) }""",
        right,
    )
    for name in ids:
        page.locator(f"[id='{name}']").check()


def go_on(page):
    page.locator(".qx-stage button[type=submit]").click()


def finish(page):
    page.locator(".qx-finish").click()
    page.get_by_role("button", name="Finish and see the report").click()


def go_back(page):
    """Go from a report to the start page."""
    page.get_by_role("link", name="Back to the start page").click()
    page.get_by_role("button", name="Begin the exam").wait_for()


def cell(page, place):
    return page.locator(".qx-cell").nth(place - 1)


# -- The whole way ------------------------------------------------------------------------------------------------------


def test_the_start_page_says_what_is_asked_and_how_long_it_takes(browser, url):
    with opened(browser, url) as page:
        assert page.get_by_text("12 questions in 20 minutes").is_visible()
        quotas = page.locator(".qx-quotas li").all_text_contents()
        assert quotas == [f"Domain {n}: 3" for n in range(1, 5)]
        assert page.get_by_text("too few").count() == 0


def test_a_whole_exam_by_keyboard_alone(browser, url):
    with opened(browser, url) as page:
        page.get_by_label("The usual time").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        for number in range(1, ASKED + 1):
            assert page.evaluate("document.activeElement.textContent") == f"Question {number} of {ASKED}"
            page.keyboard.press("Tab")
            if page.locator(".qx-stage input[type=radio]").count():
                page.keyboard.press("ArrowDown")
                assert page.locator(".qx-stage input:checked").count() == 1
            else:
                page.keyboard.press("Space")
                page.keyboard.press("Tab")
                page.keyboard.press("Space")
            page.keyboard.press("Enter")
        assert page.get_by_text("Every question is answered.").is_visible()
        assert page.evaluate("document.activeElement.textContent") == "Finish and see the report"
        page.keyboard.press("Escape")
        assert page.get_by_role("dialog").count() == 0
        page.locator(".qx-finish").press("Enter")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.textContent").startswith("Report of ")


def test_the_questions_are_shared_out_over_the_domains_and_sections(browser, url):
    with opened(browser, url) as page:
        for seed in range(20):
            drawn = page.evaluate(
                "seed => coldstart.draw(coldstart.bank.exam, coldstart.bank.questions, seed).ids.map(id => coldstart.bank.byId.get(id))",
                seed,
            )
            assert len({question["id"] for question in drawn}) == ASKED
            assert Counter(question["skills"][0][0] for question in drawn) == dict.fromkeys("1234", 3)
            for domain in "1234":
                sections = {q["section"]["slug"] for q in drawn if q["skills"][0].startswith(domain)}
                assert len(sections) == 3, "each section once before one comes twice"


def test_the_quotas_of_the_real_exam(browser, url):
    domains = [{"id": str(n), "percent": share} for n, share in enumerate((30, 26, 22, 22), 1)]
    with opened(browser, url) as page:
        drawn = page.evaluate(
            "exam => { const {wanted, missing, ids} = coldstart.draw(exam, coldstart.bank.questions, 1); return [[...wanted], [...missing], ids.length] }",
            {"questions": 65, "domains": domains},
        )
    wanted = [["1", 20], ["2", 17], ["3", 14], ["4", 14]]
    assert drawn == [wanted, [[id_, number - 6] for id_, number in wanted], COUNT]


def test_where_a_domain_has_too_few_the_others_fill_up_and_the_page_says_so(browser, site, sample):
    lopsided = (site / "assets/bank/exam.js").read_text().replace('"percent": 25', '"percent": 70', 1)
    (site / "assets/bank/lopsided.js").write_text(lopsided.replace('"percent": 25', '"percent": 10'))
    page_text = (site / "exam.html").read_text().replace("bank/exam.js", "bank/lopsided.js")
    (site / "lopsided.html").write_text(page_text)
    with opened(browser, f"file://{site}/lopsided.html") as page:
        assert page.get_by_text("The course has 3 too few of domain 1; questions of the other domains").is_visible()
        begin(page)
        assert heading(page) == f"Question 1 of {ASKED}"


def test_nothing_tells_whether_an_answer_is_right_before_the_end(browser, url):
    with opened(browser, url, kept=under_way()) as page:
        choose(page, right=False)
        go_on(page)
        page.get_by_role("button", name="Previous").click()
        said = page.locator("main").inner_text()
        assert not any(word in said for word in ("Correct", "Wrong", "correct", "Evidence"))
        assert page.locator(".cq-why, .cq-option--right, .cq-option--wrong").count() == 0


def test_an_answer_can_be_changed_and_too_many_are_noticed(browser, url):
    with opened(browser, url, kept=under_way(at=1)) as page:
        boxes = page.locator(".qx-stage input[type=checkbox]")
        for n in range(3):
            boxes.nth(n).check()
        assert page.get_by_text("Choose exactly two; you have chosen three.").is_visible()
        assert "not completely answered" in cell(page, 2).get_attribute("aria-label")
        boxes.nth(0).uncheck()
        assert page.get_by_text("Choose exactly two").count() == 0
        assert cell(page, 2).get_attribute("aria-label") == "Question 2, shown, answered"
        for n in (1, 2):
            boxes.nth(n).uncheck()
        assert stored(page)["exam"]["answers"] == {}


def test_the_answer_sheet_shows_the_state_of_each_question_and_leads_there_by_keyboard(browser, url):
    with opened(browser, url, kept=under_way()) as page:
        assert page.locator(".qx-cell").count() == ASKED
        choose(page, right=True)
        page.get_by_role("button", name="Flag", exact=True).click()
        assert cell(page, 1).get_attribute("aria-label") == "Question 1, shown, answered, flagged"
        assert page.get_by_text(f"1 of {ASKED} answered").is_visible()
        assert page.locator(".qx-cell[tabindex='0']").count() == 1, "one stop for Tab"
        cell(page, 1).focus()
        for key in ("ArrowRight", "End", "ArrowLeft", "Home", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        assert heading(page) == f"Question 3 of {ASKED}"
        assert page.evaluate("document.activeElement.textContent") == heading(page)
        assert cell(page, 3).get_attribute("aria-current") == "true"


def test_finishing_names_what_is_not_answered_and_what_is_flagged(browser, url):
    answers = {f"q-{n:02}": ["memory"] for n in (0, 3)} | {"q-01": ["used"]}
    with opened(browser, url, kept=under_way(answers=answers, flags=["q-04"])) as page:
        page.locator(".qx-finish").click()
        assert page.get_by_text("Not answered, or not completely: 2, 3, 5\N{EN DASH}12.").is_visible()
        assert page.get_by_text("Flagged: 5.").is_visible()
        page.get_by_role("button", name="Go on working").click()
        assert stored(page)["exam"]["answers"] == answers


# -- What interrupts it -------------------------------------------------------------------------------------------------


def test_a_reload_in_the_middle_loses_nothing(browser, url):
    with opened(browser, url) as page:
        page.clock.install(time=NOON)
        begin(page)
        go_on(page)
        choose(page, right=True)
        page.get_by_role("button", name="Flag", exact=True).click()
        marked = page.locator(".qx-stage input:checked").evaluate_all("inputs => inputs.map(input => input.id)")
        order = page.locator(".qx-stage input").evaluate_all("inputs => inputs.map(input => input.id)")
        page.clock.run_for(8000)
        left = time_left(page)
        page.reload()
        assert heading(page) == f"Question 2 of {ASKED}"
        assert page.locator(".qx-stage input:checked").evaluate_all("inputs => inputs.map(input => input.id)") == marked
        assert page.locator(".qx-stage input").evaluate_all("inputs => inputs.map(input => input.id)") == order
        assert page.get_by_role("button", name="Flag", exact=True).get_attribute("aria-pressed") == "true"
        assert time_left(page) == left


def test_a_crash_costs_at_most_a_few_seconds_of_the_count(browser, url):
    with opened(browser, url) as page:
        page.clock.install(time=NOON)
        begin(page)
        page.clock.run_for(63_000)
        assert 58 <= stored(page)["exam"]["used"] <= 63


def test_a_closed_laptop_costs_nothing(browser, url):
    with opened(browser, url, kept=under_way()) as page:
        page.clock.install(time=NOON)
        page.reload()
        page.clock.run_for(2000)
        before = time_left(page)
        page.clock.fast_forward("08:00:00")
        page.clock.run_for(1000)
        assert before - 8 <= time_left(page) <= before


def test_a_clock_that_is_set_back_gives_nothing(browser, url):
    with opened(browser, url, kept=under_way()) as page:
        page.clock.install(time=NOON)
        page.reload()
        page.clock.run_for(10_000)
        before = time_left(page)
        page.evaluate("{ const real = Date.now; Date.now = () => real() - 3_600_000 }")
        page.clock.run_for(10_000)
        assert before - 11 <= time_left(page) <= before - 8
        finish(page)
        [exam] = stored(page)["exams"]
        assert 60 <= exam["used"] <= 90


def test_the_exam_goes_on_in_one_tab_only(browser, url):
    with opened(browser, url, kept=under_way()) as page:
        other = page.context.new_page()
        other.goto(url)
        page.get_by_text("The exam goes on in another tab.").wait_for()
        page.get_by_role("button", name="Go on here").click()
        other.get_by_text("The exam goes on in another tab.").wait_for()
        assert heading(page) == f"Question 1 of {ASKED}"


def test_questions_that_have_left_the_course_are_kept_and_not_shown(browser, url):
    with opened(browser, url, kept=under_way(questions=["gone", "q-00", "q-03"], answers={"gone": ["x"]})) as page:
        assert heading(page) == "Question 1 of 2"
        choose(page, right=True)
        finish(page)
        assert page.get_by_text("1 of 2 correct").is_visible()
        assert page.get_by_text("1 question of this exam is no longer in the course").is_visible()
        [exam] = stored(page)["exams"]
        assert exam["questions"] == ["gone", "q-00", "q-03"]
        assert exam["answers"]["gone"] == ["x"]


def test_an_exam_without_a_question_left_can_be_put_away(browser, url):
    with opened(browser, url, kept=under_way(questions=["gone"])) as page:
        page.get_by_role("button", name="Put it away").click()
        assert page.get_by_role("button", name="Begin the exam").is_visible()
        assert stored(page)["exam"] is None


def test_without_storage_an_exam_can_be_taken_and_the_page_says_that_it_is_not_kept(browser, url):
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError') } })"
    with opened(browser, url, before=refuse) as page:
        assert page.get_by_text("lasts as long as this page").is_visible()
        begin(page)
        choose(page, right=True)
        finish(page)
        assert page.get_by_text(f"1 of {ASKED} correct").is_visible()


# -- Time ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "minutes"),
    [("The usual time", 20), ("A quarter more", 25), ("Half as much again", 30), ("Twice the time", 40)],
)
def test_extra_time_is_chosen_at_the_start(label, minutes, browser, url):
    with opened(browser, url) as page:
        page.clock.install(time=NOON)
        page.get_by_label(label).check(force=True)
        begin(page)
        assert time_left(page) == minutes * 60
        assert stored(page)["exam"]["minutes"] == minutes


def test_the_time_is_announced_politely_and_can_be_hidden(browser, url):
    with opened(browser, url, kept=under_way(minutes=31, used=58)) as page:
        page.clock.install(time=NOON)
        page.reload()
        said = page.locator(".qx-said")
        assert said.get_attribute("role") == "status"
        page.clock.run_for(5000)
        assert said.text_content() == "30 minutes left."
        page.get_by_role("button", name="Hide time").click()
        assert page.get_by_role("timer").text_content() == "Time hidden"
        for minutes, told in [(20, "10 minutes left."), (5, "5 minutes left."), (4, "1 minute left.")]:
            page.clock.run_for(minutes * 60_000)
            assert said.text_content() == told
        assert page.get_by_role("timer").text_content() == "Time hidden"


def test_an_announcement_that_is_no_longer_true_goes_away(browser, url):
    with opened(browser, url, kept=under_way(used=10 * 60 - 2)) as page:
        page.clock.install(time=NOON)
        page.reload()
        page.clock.run_for(5000)
        assert page.get_by_text("10 minutes left.").is_visible()
        page.clock.run_for(70_000)
        assert page.get_by_text("10 minutes left.").count() == 0


def test_when_the_time_is_over_the_exam_ends_also_from_within_the_dialog(browser, url):
    with opened(browser, url, kept=under_way(used=MINUTES * 60 - 10)) as page:
        page.clock.install(time=NOON)
        page.reload()
        choose(page, right=True)
        page.locator(".qx-finish").click()
        page.clock.run_for(12_000)
        assert page.get_by_text("The time was over.").is_visible()
        assert page.get_by_text(f"1 of {ASKED} correct").is_visible()
        [exam] = stored(page)["exams"]
        assert exam["used"] == MINUTES * 60


# -- The report ---------------------------------------------------------------------------------------------------------


def taken(page, wrong):
    """Take the exam under way, wrong at these places, and leave the last question open."""
    for place in range(ASKED - 1):
        choose(page, right=place not in wrong)
        go_on(page)
    finish(page)


def rows(page, n):
    return [
        row.locator("th, td").all_text_contents() for row in page.locator(".qx-table").nth(n).locator("tbody tr").all()
    ]


def test_the_report_counts_by_domain_and_skill_and_leads_to_chapter_lab_and_facts(browser, url):
    with opened(browser, url, kept=under_way()) as page:
        taken(page, wrong={0, 1, 4})  # q-00 and q-04 are of domain 1, q-01 of domain 2, q-11 of domain 4
        assert page.get_by_text(f"8 of {ASKED} correct").is_visible()
        assert page.locator(".qx-score strong").text_content() == "67 %"
        assert page.locator(".qx-noscore").text_content() == NO_SCALED_SCORE
        assert rows(page, 0) == [
            ["1 Domain 1", "1 of 3, 33 %"],
            ["2 Domain 2", "2 of 3, 67 %"],
            ["3 Domain 3", "3 of 3, 100 %"],
            ["4 Domain 4", "2 of 3, 67 %"],
        ]
        assert rows(page, 1)[0][0] == "1.2.2 configuration"
        links = (
            page.locator(".qx-table").nth(1).locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        )
        assert {"14-aliases.html#part", "labs/14-aliases.html", "numbers.html#demo.memory.min"} <= set(links)
        state = stored(page)
        assert state["exam"] is None
        assert Counter((answer["mode"], answer["correct"]) for answer in state["log"]) == {
            ("exam", True): 8,
            ("exam", False): 3,
        }
        assert {answer["at"] for answer in state["log"]} == {state["exams"][0]["finished"]}


def test_the_report_lists_every_question_with_pick_key_and_reasons(browser, url, sample):
    with opened(browser, url, kept=under_way()) as page:
        taken(page, wrong={0})
        assert page.locator(".qx-fold").count() == ASKED
        page.locator(".qx-fold summary").first.click()
        fold = page.locator(".qx-fold").first
        fold.locator(".cq-evidence").wait_for()
        assert fold.locator(".cq-why").count() == 4
        assert fold.locator(".cq-option--wrong .cq-verdict").text_content() == "Wrong, your answer"
        assert fold.locator(".cq-option--right .cq-verdict").text_content() == "Correct answer"
        page.get_by_label("Wrong").check(force=True)
        assert page.get_by_text("2 questions.").is_visible()
        assert page.locator(".qx-fold:visible .qx-fold__verdict").all_text_contents() == ["Wrong", "Not answered"]


def test_a_report_survives_a_reload_and_is_found_again_in_the_history(browser, url):
    with opened(browser, url, kept=under_way()) as page:
        taken(page, wrong={0})
        page.reload()
        assert page.get_by_text(f"10 of {ASKED} correct").is_visible()
        go_back(page)
        assert rows(page, 0)[0][1] == "10 of 12, 83 %"
        page.locator(".qx-table a").click()
        page.locator(".qx-noscore").wait_for()
        assert page.get_by_text(f"10 of {ASKED} correct").is_visible()


def test_the_history_shows_the_latest_first(browser, url):
    exam = {"exam": "dva-c03", "seed": 1, "minutes": 20, "used": 600, "questions": ["q-00", "q-03"], "flags": []}
    first = {**exam, "started": "2026-11-01T10:00:00.000Z", "finished": "2026-11-01T10:10:00.000Z", "answers": {}}
    second = {**first, "started": "2026-11-02T10:00:00.000Z", "answers": {"q-00": ["memory"]}}
    with opened(browser, url, kept=progress(exams=[first, second])) as page:
        assert [row[1] for row in rows(page, 0)] == ["1 of 2, 50 %", "0 of 2, 0 %"]


# -- For everybody ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_nothing_and_nothing_overflows(scheme, width, browser, url):
    context = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "reduced_motion": "reduce"}
    with opened(browser, url, kept=progress(log=[entry("q-00")]), **context) as page:
        inspect(page)
        begin(page)
        choose(page, right=False)
        page.get_by_role("button", name="Flag", exact=True).click()
        inspect(page)
        page.locator(".qx-finish").click()
        inspect(page)
        page.get_by_role("button", name="Finish and see the report").click()
        page.locator(".qx-fold summary").first.click()
        page.locator(".qx-fold .cq-evidence").wait_for()
        for fold in page.locator(".qx-facts summary").all():
            fold.click()
        inspect(page)
        go_back(page)
        inspect(page)


def test_the_log_of_an_exam_is_what_the_terminal_reads(browser, url):
    with opened(browser, url, kept=under_way()) as page:
        taken(page, wrong={2})
        assert len(parse(json.dumps(stored(page))).exams) == 1
