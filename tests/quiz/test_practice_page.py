"""The practice page in a real browser: filters, review, progress as a file."""

import json
import re
from datetime import UTC, datetime

import pytest
from surface import entry, inspect, opened, progress, publish, stored

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def url(tmp_path_factory, sample):
    return f"file://{publish(tmp_path_factory.mktemp('site'), sample)}/practice.html"


def found(page):
    return page.locator(".qp-found").text_content()


def answer(page, *, right=True):
    """Answer the question that is shown, from what the bank says."""
    ids = page.evaluate(
        """right => { const id = document.querySelector('input[name^=cq-]').name.slice(3);
        const question = coldstart.bank.byId.get(id);
        return question.options.filter(option => option.correct === right).slice(0, question.choose).map(option => `cq-${id}-${option.id}`) }""",
        right,
    )
    for name in ids:
        page.locator(f"[id='{name}']").check()
    page.get_by_role("button", name="Check").click()


def open_tab(page, name, press=None):
    """Follow a link at the top, by mouse or by key, and wait for what it leads to."""
    link = page.get_by_role("link", name=name)
    link.press(press) if press else link.click()
    page.locator(".qp-tabs a[aria-current]", has_text=name).wait_for()


def asked(page):
    return page.locator("input[name^=cq-]").first.get_attribute("name").removeprefix("cq-")


def test_without_a_filter_every_question_matches(browser, url):
    with opened(browser, url) as page:
        assert found(page) == "24 questions match."
        assert page.get_by_text("Question 1 of 24").is_visible()


@pytest.mark.parametrize(
    ("section", "skill", "only", "expected"),
    [
        ("14 Aliases", None, None, "8 questions match."),
        (None, "3.2.4 aliases", None, "6 questions match."),
        ("14 Aliases", "3.2.4 aliases", None, "2 questions match."),
        (None, None, "Missed", "1 question matches."),
        (None, None, "Flagged", "2 questions match."),
        (None, None, "Not yet seen", "22 questions match."),
        ("14 Aliases", None, "Missed", "No question matches these filters."),
    ],
)
def test_filters_by_section_skill_and_how_it_was_answered(section, skill, only, expected, browser, url):
    log = [entry("q-00", "2026-11-20T08:00:00.000Z", correct=False), entry("q-00", "2026-11-21T08:00:00.000Z")]
    log += [entry("q-01", "2026-11-20T08:00:00.000Z"), entry("q-01", "2026-11-21T08:00:00.000Z", correct=False)]
    kept = progress(log=[*log, entry("gone", correct=False)], flags=["q-02", "q-03", "gone"])
    with opened(browser, url, kept=kept) as page:
        for name, value in [("Section", section), ("Skill of the exam", skill)]:
            if value:
                page.get_by_label(name).select_option(value)
        if only:
            page.get_by_label(only, exact=True).check(force=True)
        assert found(page) == expected
        page.reload()
        assert found(page) == expected, "the address keeps the filter"


def test_an_answer_shows_every_reason_with_links_to_chapter_lab_and_facts_and_is_logged(browser, url):
    with opened(browser, f"{url}#practice?section=14-aliases") as page:
        name = asked(page)
        answer(page, right=False)
        assert page.locator(".cq-why").count() == page.locator(".cq-option").count()
        links = page.locator(".cq-evidence a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert links[:2] == ["14-aliases.html#part", "labs/14-aliases.html"]
        assert any(link.startswith("numbers.html#demo.") for link in links)
        [logged] = stored(page)["log"]
        assert (logged["question"], logged["correct"], logged["mode"]) == (name, False, "practice")
        assert stored(page)["attempts"] == {}


def test_the_questions_asked_stay_while_the_filter_is_answered_away(browser, url):
    with opened(browser, url) as page:
        page.get_by_label("Not yet seen").check(force=True)
        answer(page)
        page.get_by_role("button", name="Next question").click()
        assert page.get_by_text("Question 2 of 24").is_visible()
        assert page.evaluate("document.activeElement.textContent") == "Question 2 of 24"


def test_a_flagged_question_is_found_again(browser, url):
    with opened(browser, url) as page:
        name = asked(page)
        page.get_by_role("button", name="Flag").click()
        page.get_by_label("Flagged").check(force=True)
        assert found(page) == "1 question matches."
        assert asked(page) == name


def test_filters_and_tabs_work_by_keyboard(browser, url):
    with opened(browser, url) as page:
        page.get_by_role("link", name="Practice").focus()
        for _ in range(3):
            page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("location.hash") == "#practice?section=08-permissions&only=missed"
        open_tab(page, "Review", "Enter")
        assert page.get_by_text("You have not answered any question yet.").is_visible()


def test_review_asks_what_is_due_and_says_when_the_next_is(browser, url):
    with opened(browser, url) as page:
        for minute, right in enumerate((False, True)):
            page.clock.set_fixed_time(NOON.replace(minute=minute))
            answer(page, right=right)
            page.locator("button[type=submit]").click()
        wrong, right = [answer["question"] for answer in stored(page)["log"]]
        open_tab(page, "Review")
        assert found(page) == "Nothing is due today. Next: 1 question on 26 November 2026."
        page.clock.set_fixed_time(NOON.replace(day=26))
        page.reload()
        assert found(page) == "1 question due today. Next: 1 question on 27 November 2026."
        assert page.get_by_role("link", name="Review 1 due").is_visible()
        assert asked(page) == wrong
        answer(page)
        assert stored(page)["log"][-1]["mode"] == "review"
        assert found(page) == "Nothing is due today. Next: 1 question on 27 November 2026."
        page.clock.set_fixed_time(NOON.replace(day=30))
        page.reload()
        assert {asked(page)} <= {wrong, right}
        assert found(page) == "2 questions due today."


def test_questions_that_have_left_the_course_are_never_due(browser, url):
    with opened(browser, f"{url}#review", kept=progress(log=[entry("gone", "2026-01-01T08:00:00.000Z")])) as page:
        assert page.locator("coldstart-quiz").count() == 0


def test_export_and_import_carry_everything_to_another_browser(browser, url, tmp_path):
    mine = progress(log=[entry("q-00"), entry("gone")], flags=["q-01"])
    with opened(browser, f"{url}#progress", kept=mine) as page:
        assert page.locator(".qp-summary li").all_text_contents() == [
            "1 of 24 questions seen",
            "2 answers given, 2 of them right (100 %)",
            "1 question flagged",
            "0 mock exams finished",
        ]
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as a file", exact=True).click()
        assert re.fullmatch(r"coldstart-progress-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
        download.value.save_as(tmp_path / "mine.json")
    assert json.loads((tmp_path / "mine.json").read_text()) == mine
    theirs = progress(log=[entry("q-02", "2026-11-19T08:00:00.000Z"), entry("q-00")])
    with opened(browser, f"{url}#progress", kept=theirs) as page:
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Bring in a file").click()
        chooser.value.set_files(tmp_path / "mine.json")
        page.get_by_text("Brought in: 1 answer, 1 flag, 0 mock exams.").wait_for()
        assert {answer["question"] for answer in stored(page)["log"]} == {"q-00", "q-02", "gone"}
        page.locator("input[type=file]").set_input_files(tmp_path / "mine.json")
        page.get_by_text("Brought in: 0 answers, 0 flags, 0 mock exams.").wait_for()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format": "coldstart-pro', "is no whole JSON: it was cut off or is something else. Nothing has changed."),
        ("[]", "is not progress in this course. Nothing has changed."),
        ('{"format": "coldstart-progress", "version": 3}', "was written by a newer version of the course"),
        ('{"format": "coldstart-progress", "version": 2, "log": [{}]}', "is damaged: log.0.question is not"),
    ],
)
def test_a_file_that_is_no_progress_is_refused_in_one_sentence(text, said, browser, url, tmp_path):
    (tmp_path / "notes.json").write_text(text)
    before = progress(log=[entry("q-00")])
    with opened(browser, f"{url}#progress", kept=before) as page:
        page.locator("input[type=file]").set_input_files(tmp_path / "notes.json")
        page.get_by_text("notes.json").wait_for()
        assert said in page.locator(".qp-status").text_content()
        assert stored(page) == before


def test_erasing_asks_first(browser, url):
    with opened(browser, f"{url}#progress", kept=progress(log=[entry("q-00")])) as page:
        page.get_by_role("button", name="Erase …").click()
        page.keyboard.press("Escape")
        assert len(stored(page)["log"]) == 1
        page.get_by_role("button", name="Erase …").click()
        page.get_by_role("button", name="Erase", exact=True).click()
        assert stored(page) is None
        assert page.get_by_text("0 answers given").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_nothing_and_nothing_overflows(scheme, width, browser, url):
    kept = progress(log=[entry("q-00", correct=False)], flags=["q-01"])
    context = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "reduced_motion": "reduce"}
    with opened(browser, url, kept=kept, **context) as page:
        inspect(page)
        answer(page, right=False)
        page.get_by_text("Evidence", exact=True).click()
        inspect(page)
        open_tab(page, "Review")
        inspect(page)
        open_tab(page, "Your progress")
        inspect(page)
        page.get_by_role("button", name="Erase …").click()
        inspect(page)
