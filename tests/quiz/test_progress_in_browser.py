"""The browser's side of the progress that it shares with the terminal: the samples that both read, storage, schedules."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from surface import entry, opened, progress, publish, stored

from coldstart.quiz import schedule
from coldstart.quiz.progress import Answer, Progress

SAMPLES = Path(__file__).with_name("progress")
OLD = {
    "version": 1,
    "answers": {
        "second": {"picked": ["b"], "correct": False, "at": "2026-11-02T08:00:00.000Z"},
        "first": {"picked": ["a"], "correct": True, "at": "2026-11-01T08:00:00.000Z"},
        "broken": 3,
    },
    "attempts": {"02-memory-cpu": {"seed": 5, "only": None, "done": ["first"], "later": []}},
}
DENIED = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError') } })"
)
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"


def text_of(name):
    return (SAMPLES / f"{name}.json").read_text(encoding="utf-8")


def named(pattern):
    return sorted(path.stem for path in SAMPLES.glob(f"{pattern}.json"))


@pytest.fixture(scope="module")
def url(tmp_path_factory, sample):
    return f"file://{publish(tmp_path_factory.mktemp('site'), sample)}/practice.html"


@pytest.fixture(scope="module")
def shared(browser, url):
    """A page for what needs no storage of its own."""
    with opened(browser, url) as page:
        yield page


@pytest.mark.parametrize("name", [*named("good-*"), *named("merge-*")])
def test_what_was_read_is_written_as_it_was(name, shared):
    text = text_of(name)
    assert shared.evaluate("text => coldstart.progress.parse(text)", text) == json.loads(text)


@pytest.mark.parametrize("name", named("bad-*"))
def test_what_is_not_progress_is_refused_and_nothing_changes(name, shared):
    shared.evaluate("text => { coldstart.progress.erase(); coldstart.progress.take(text) }", text_of("good-full"))
    refusal = "text => { try { coldstart.progress.take(text) } catch (error) { return [error instanceof coldstart.progress.Refused, error.message] } }"
    ours, told = shared.evaluate(refusal, text_of(name))
    assert ours
    assert ("newer version" in told) == (name == "bad-newer-version")
    assert "\n" not in told
    assert stored(shared) == json.loads(text_of("good-full"))


@pytest.mark.parametrize("end", range(0, len(text_of("good-full")) - 2, 97))
def test_wherever_a_file_was_cut_off_it_is_refused(end, shared):
    refusal = "text => { try { coldstart.progress.parse(text) } catch (error) { return error instanceof coldstart.progress.Refused } }"
    assert shared.evaluate(refusal, text_of("good-full")[:end])


@pytest.mark.parametrize("case", ["", "finished-"])
def test_two_together_hold_everything_once(case, shared):
    mine, theirs, both = (json.loads(text_of(f"merge-{case}{whose}")) for whose in ("mine", "theirs", "both"))
    merge = "([mine, theirs]) => coldstart.progress.merged(mine, theirs)"
    assert shared.evaluate(merge, [mine, theirs]) == both
    assert shared.evaluate(merge, [both, theirs]) == both, "importing again changes nothing"


def test_the_terminal_reads_what_the_browser_writes(shared):
    text = shared.evaluate(
        "text => { coldstart.progress.erase(); coldstart.progress.take(text); return coldstart.progress.text() }",
        text_of("good-full"),
    )
    assert json.loads(text) == json.loads(Progress.model_validate_json(text).text())


def test_the_schedules_are_those_of_the_samples(shared):
    for case in json.loads(text_of("schedules")):
        entries = [{"at": at, "correct": correct} for at, correct in case["answers"]]
        found = shared.evaluate("entries => coldstart.schedule(entries)", entries)
        assert found["due"] == case["due"]
        assert (found["stability"], found["difficulty"]) == pytest.approx(
            (case["stability"], case["difficulty"]), rel=1e-5, abs=1e-6
        )


def history(chance):
    """Answers to one question: some on one day, some months later, more right than wrong."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(chance.randint(1, 14)):
        moment += timedelta(minutes=chance.choice([1, 600, 1500, 5000, 40_000, 130_000]) * chance.random())
        at = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield entry("q", at, correct=chance.random() < 0.7)


def test_browser_and_terminal_have_the_same_schedules(shared):
    histories = [list(history(random.Random(seed))) for seed in range(500)]
    found = shared.evaluate("histories => histories.map(coldstart.schedule)", histories)
    for entries, memory in zip(histories, found, strict=True):
        card = schedule.cards([Answer.model_validate(answer) for answer in entries])["q"]
        assert memory["due"] == f"{card.due:%Y-%m-%d}"
        assert (memory["stability"], memory["difficulty"]) == pytest.approx((card.stability, card.difficulty), rel=1e-5)


def test_version_1_is_taken_over_once(browser, url):
    with opened(browser, url, kept=("coldstart-quiz", OLD)) as page:
        state = stored(page)
        assert [(answer["question"], answer["picked"], answer["correct"]) for answer in state["log"]] == [
            ("first", ["a"], True),
            ("second", ["b"], False),
        ]
        assert state["attempts"] == OLD["attempts"]
        assert page.evaluate("localStorage['coldstart-quiz']") is None
        page.evaluate("coldstart.progress.erase()")
        page.reload()
        assert stored(page) is None


def test_a_damaged_progress_is_put_beside_and_never_overwritten(browser, url):
    with opened(browser, url) as page:
        for n, text in enumerate(['{"cut', "[]"], 1):
            page.evaluate("text => { localStorage['coldstart-progress'] = text }", text)
            page.reload()
            page.evaluate("coldstart.progress.flag('a', true)")
            assert page.evaluate(f"localStorage['coldstart-progress.damaged-{n}']") == text
            assert "was damaged" in page.evaluate("coldstart.progress.notice")
        assert stored(page)["flags"] == ["a"]
        page.evaluate("location.hash = '#progress'")
        with page.expect_download() as download:
            page.get_by_role("button", name="Save coldstart-progress.damaged-1").click()
        assert download.value.path().read_text() == '{"cut'


def test_the_progress_of_a_newer_version_is_left_as_it_is(browser, url):
    newer = text_of("bad-newer-version")
    with opened(browser, url, kept=newer) as page:
        page.evaluate("coldstart.progress.flag('a', true)")
        assert page.evaluate("coldstart.progress.isFlagged('a')")
        assert page.evaluate("localStorage['coldstart-progress']") == newer
        assert "newer version" in page.evaluate("coldstart.progress.notice")


@pytest.mark.parametrize("obstacle", [DENIED, FULL])
def test_without_storage_the_progress_lasts_as_long_as_the_page_and_says_so(browser, url, obstacle):
    with opened(browser, f"{url}#progress", before=obstacle) as page:
        page.evaluate("answer => coldstart.progress.record(answer)", entry("q-00"))
        page.evaluate("coldstart.progress.flag('q-01', true)")
        assert [len(page.evaluate(f"coldstart.progress.read().{part}")) for part in ("log", "flags")] == [1, 1]
        page.evaluate("location.hash = '#practice'")
        page.get_by_text("questions match").wait_for()
        page.evaluate("location.hash = '#progress'")
        page.get_by_text("lasts as long as this page").wait_for()
        assert page.get_by_text("1 answer given").is_visible()


def test_when_there_is_room_again_all_is_kept_together_with_what_other_pages_did(browser, url):
    with opened(browser, url) as page:
        page.evaluate("answer => coldstart.progress.record(answer)", entry("before"))
        page.evaluate(f"window.real = Storage.prototype.setItem; {FULL}; 0")
        page.evaluate("answer => coldstart.progress.record(answer)", entry("meanwhile", "2026-11-21T08:00:00.000Z"))
        other = progress(log=[entry("before"), entry("elsewhere", "2026-11-22T08:00:00.000Z")])
        page.evaluate(
            "text => { Storage.prototype.setItem = real; localStorage['coldstart-progress'] = text }", json.dumps(other)
        )
        page.evaluate("coldstart.progress.flag('before', true)")
        assert [answer["question"] for answer in stored(page)["log"]] == ["before", "meanwhile", "elsewhere"]
        assert page.evaluate("coldstart.progress.notice") == ""


def test_two_tabs_add_to_the_same_progress(browser, url):
    with opened(browser, url) as page:
        other = page.context.new_page()
        other.goto(url)
        page.evaluate("answer => coldstart.progress.record(answer)", entry("one"))
        other.evaluate("answer => coldstart.progress.record(answer)", entry("two", "2026-11-19T08:00:00.000Z"))
        assert [answer["question"] for answer in stored(page)["log"]] == ["two", "one"]
