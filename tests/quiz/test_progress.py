"""The progress that terminal and browser share: what is read, what is refused, what two of them make together."""

import json
from pathlib import Path

import pytest

from coldstart.quiz import progress, schedule
from coldstart.quiz.progress import Answer, NewerProgressError, Progress, ProgressError, merged, parse

SAMPLES = Path(__file__).with_name("progress")


def sample(name):
    return (SAMPLES / f"{name}.json").read_text(encoding="utf-8")


def named(pattern):
    return sorted(path.stem for path in SAMPLES.glob(f"{pattern}.json"))


def answer(question="q", at="2026-11-25T12:00:00.000Z", *, correct=True):
    return Answer(question=question, at=at, picked=["a"], correct=correct, mode="review")


@pytest.mark.parametrize("name", [*named("good-*"), *named("merge-*")])
def test_what_was_read_is_written_as_it_was(name):
    assert json.loads(parse(sample(name)).text()) == json.loads(sample(name))


@pytest.mark.parametrize("name", named("bad-*"))
def test_what_is_not_progress_is_refused_with_what_is_wrong(name):
    with pytest.raises(ProgressError) as refused:
        parse(sample(name))
    assert "\n" not in str(refused.value)
    assert isinstance(refused.value, NewerProgressError) == (name == "bad-newer-version")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bad-newer-version", "was written by a newer version of the course (3; this one reads 2)"),
        ("bad-truncated", "is no whole JSON: it was cut off or is something else"),
        ("bad-something-else", "is not progress in this course: it does not say format 'coldstart-progress'"),
        ("bad-time-below-zero", "is damaged: at exam.used"),
        ("bad-log-without-a-question", "is damaged: at log.0.question, field required"),
    ],
)
def test_the_refusal_says_where(name, told):
    with pytest.raises(ProgressError) as refused:
        parse(sample(name))
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"\x80", '{"a": NaN}', "[" * 100_000, "null", "0"])
def test_bytes_that_are_no_json_are_refused(text):
    with pytest.raises(ProgressError):
        parse(text)


@pytest.mark.parametrize("end", range(0, len(sample("good-full")) - 2, 37))
def test_wherever_a_file_was_cut_off_it_is_refused(end):
    with pytest.raises(ProgressError):
        parse(sample("good-full")[:end])


def test_a_byte_order_mark_is_no_fault():
    assert parse(b"\xef\xbb\xbf" + sample("good-empty").encode()) == Progress()


@pytest.mark.parametrize("case", ["", "finished-"])
def test_two_together_hold_everything_once(case):
    mine, theirs, both = (parse(sample(f"merge-{case}{whose}")) for whose in ("mine", "theirs", "both"))
    assert merged(mine, theirs) == both
    assert merged(both, theirs) == both, "importing again changes nothing"


def test_a_clock_that_was_set_back_leaves_the_log_in_order():
    kept = Progress()
    kept.record([answer("late", "2026-11-25T12:00:00.000Z")])
    kept.record([answer("early", "2026-11-24T12:00:00.000Z")])
    assert [entry.question for entry in kept.log] == ["early", "late"]
    assert parse(kept.text()) == kept


def test_the_time_is_written_as_javascript_writes_it():
    assert answer(at=progress.now()).time.tzinfo


def test_the_schedule_is_the_one_that_the_browser_has():
    for case in json.loads(sample("schedules")):
        log = [answer(at=at, correct=correct) for at, correct in case["answers"]]
        card = schedule.cards(reversed(log))["q"]
        assert card.due.date().isoformat() == case["due"]
        assert (card.stability, card.difficulty) == pytest.approx((case["stability"], case["difficulty"]), abs=1e-6)


def test_a_missed_question_comes_back_before_one_that_was_known():
    days = schedule.due([answer("known"), answer("missed", correct=False)])
    assert list(days) == ["missed", "known"]


def test_the_hour_of_an_answer_changes_nothing():
    times = ("2026-11-25T00:00:01.000Z", "2026-11-25T23:59:59.000Z")
    assert len({schedule.due([answer(at=at)])["q"] for at in times}) == 1
