"""Print the report of a mock exam and the history, as tables of rich; in a pipe the same without colours."""

import string
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from rich.console import Console
from rich.table import Table

from coldstart import course
from coldstart.quiz import exams, places, schedule
from coldstart.quiz.places import Question
from coldstart.quiz.progress import Answer, FinishedExam, Progress
from coldstart.quiz.report import NO_SCALED_SCORE, Marked, Report, Share

WEEK: Final = timedelta(days=7)


def result(report: Report, number: int, console: Console) -> None:
    """Print an exam's result, and where to read again.

    Args:
        report: Of the exam.
        number: Its place in the history, from 1.
        console: Where to.
    """
    _say(console, f"{_headline(report, number)}\n\n{NO_SCALED_SCORE}\n")
    outline = exams.outline()
    titles = {each.id: each.title for each in outline.domains}
    console.print(_table("Domain", report.domains, titles))
    console.print()
    console.print(_table("Skill", report.skills, outline.skills))
    _leads(report.missed, console)


def every_question(report: Report, console: Console) -> None:
    """Print every question of an exam with what was picked, the key, the reasons, and where they come from."""
    for number, each in enumerate(report.marked, 1):
        _say(console, "\n".join(["", *_question(number, each, flagged=each.question["id"] in report.exam.flags)]))


def history(progress: Progress, bank: Mapping[str, Question], today: date, console: Console) -> None:
    """Print all exams, the sections, what is due, and where to read again."""
    reports = [Report(exam, bank) for exam in progress.exams]
    if reports:
        console.print(_exams(reports))
        console.print()
    newest = _newest(progress.log, bank)
    console.print(_sections(newest, bank))
    _say(console, f"\n{_due(progress.log, bank, today)}")
    missed = [bank[each] for each, answer in newest.items() if not answer.correct]
    _say(console, "\n".join(places.again(missed, console.width)))


def span(seconds: float) -> str:
    """Return a time as a person says it: "1 h 52 min", "4 min"."""
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def _headline(report: Report, number: int) -> str:
    exam, whole = report.exam, report.whole
    time = f"{span(exam.used)} of {span(exam.minutes * 60)}"
    left = f" Questions that have left the course and do not count: {report.gone}." if report.gone else ""
    return (
        f"Mock exam {number} ({exam.exam.upper()}, {_day(exam)}): "
        f"{whole.right} of {whole.asked} questions correct ({whole}), in {time}.{left}"
    )


def _day(exam: FinishedExam) -> str:
    return datetime.fromisoformat(exam.started).astimezone().strftime("%Y-%m-%d")


def _table(name: str, shares: Mapping[str, Share], titles: Mapping[str, str]) -> Table:
    table = _columns([name, ""], ["correct", "of", ""])
    for each, share in shares.items():
        table.add_row(each, titles.get(each, ""), str(share.right), str(share.asked), str(share))
    return table


def _exams(reports: list[Report]) -> Table:
    domains = exams.outline().domains
    table = _columns(["Exam", "day"], ["correct", *(f"domain {each.id}" for each in domains), "time"])
    for number, report in enumerate(reports, 1):
        shares = [str(report.domains.get(each.id, "-")) for each in domains]
        table.add_row(str(number), _day(report.exam), str(report.whole), *shares, span(report.exam.used))
    return table


def _sections(newest: Mapping[str, Answer], bank: Mapping[str, Question]) -> Table:
    table = _columns(["Section", ""], ["answered", "correct"])
    for section in course.sections():
        mine = [each for each, question in bank.items() if question["section"]["slug"] == section.slug]
        given = [newest[each] for each in mine if each in newest]
        if mine:
            right = sum(answer.correct for answer in given)
            table.add_row(section.number, section.title, f"{len(given)} of {len(mine)}", str(right) if given else "-")
    return table


def _columns(left: Iterable[str], right: Iterable[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in left:
        table.add_column(name)
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _newest(log: Iterable[Answer], bank: Mapping[str, Question]) -> dict[str, Answer]:
    """Return the last answer to each question that the course still has; the log is in the order of time."""
    return {answer.question: answer for answer in log if answer.question in bank}


def _due(log: Iterable[Answer], bank: Mapping[str, Question], today: date) -> str:
    days = [day for question, day in schedule.due(log).items() if question in bank]
    if not days:
        return "Nothing is scheduled yet: what you answer comes back when it is due."
    now, week = (sum(day <= end for day in days) for end in (today, today + WEEK))
    return f"Due today: {now}. Due within a week: {week}. `coldstart review` asks what is due."


def _leads(missed: list[Question], console: Console) -> None:
    _say(console, "\n".join(places.again(missed, console.width)))
    labs = dict.fromkeys(places.lab(each) for each in missed)
    if labs:
        _say(console, "\n".join(["", "Labs that show it:", "", *labs]))


def _question(number: int, each: Marked, *, flagged: bool) -> list[str]:
    question = each.question
    standing = "correct" if each.correct else "not correct" if each.picked else "no answer"
    lines = [f"Question {number}: {standing}{', flagged' if flagged else ''}", question["stem"]["text"], ""]
    for letter, option in zip(string.ascii_uppercase, question["options"], strict=False):
        signs = "the key" if option["correct"] else "wrong"
        yours = ", your answer" if option["id"] in each.picked else ""
        lines += [f"  {letter}. {option['text']}", f"     {signs}{yours}: {option['why']['text']}"]
    facts = [places.fact(fact["id"]) for fact in question["proof"]["facts"]]
    return [*lines, "", *(f"  {address}" for address in (places.taught(question), places.lab(question), *facts))]


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
