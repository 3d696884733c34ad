"""What was answered: the report of a mock exam, the history, what is due for review, and the commands for them."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from coldstart.paths import BOOK, LABS, ROOT
from coldstart.quiz import places, show, store, terminal
from coldstart.quiz.bank import bank, every
from coldstart.quiz.progress import Answer, FinishedExam, parse
from coldstart.quiz.report import Report, Share

SAMPLES = Path(__file__).with_name("progress")
COLDSTART = Path(sys.executable).with_name("coldstart")
FIRST, SECOND = "aliases-stable-address", "aliases-weight-notation"


def coldstart(*arguments, text=""):
    return subprocess.run(
        [COLDSTART, *arguments], input=text, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT
    )


def put(progress_file, name):
    progress_file.parent.mkdir(exist_ok=True)
    progress_file.write_bytes((SAMPLES / f"{name}.json").read_bytes())
    return progress_file.read_bytes()


def printed(do, *arguments, width=100):
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        do(*arguments, console)
    return captured.get()


def answer(question, days_ago, *, correct=True):
    moment = datetime.now(UTC) - timedelta(days=days_ago)
    at = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Answer(question=question, at=at, picked=[], correct=correct, mode="section")


@pytest.fixture
def report(sample, tmp_path, monkeypatch):
    """The report of an exam of made-up questions, whose facts only a page can have."""
    monkeypatch.setattr(places, "SITE", tmp_path)
    (tmp_path / "numbers.html").touch()
    questions = {question["id"]: question for question in sample["questions"]}
    two = questions["demo-two-answers"]["options"]
    keys = sorted(option["id"] for option in two if option["correct"])
    exam = FinishedExam(
        exam="dva-c03",
        seed=1,
        started="2026-11-25T12:00:00.000Z",
        finished="2026-11-25T14:00:00.000Z",
        minutes=130,
        used=6720,
        questions=[*questions, "gone-long-ago"],
        answers={"demo-one-answer": ["memory"], "demo-two-answers": keys[:1]},
        flags=["demo-figures"],
    )
    return Report(exam, questions)


def test_an_exam_is_marked_all_or_nothing_and_no_answer_is_wrong(report):
    assert report.whole == Share(1, 3)
    assert report.domains == {"1": Share(1, 3)}
    assert report.skills == {"1.2.2": Share(1, 3), "4.3.2": Share(0, 1)}
    assert [question["id"] for question in report.missed] == ["demo-two-answers", "demo-figures"]
    assert report.gone == 1


def test_the_report_tells_shares_and_why_there_is_no_scaled_score(report):
    told = printed(show.result, report, 1)
    assert "1 of 3 questions correct (33 %), in 1 h 52 min of 2 h 10 min." in told
    assert "Questions that have left the course and do not count: 1." in told
    assert "AWS reports a scaled score instead" in told
    assert not re.search(r"720|1,?000", told)
    assert "Development with AWS Services" in told
    assert "Lambda configuration" in told


@pytest.mark.parametrize("built", [True, False])
def test_the_report_leads_to_section_lab_and_fact(tmp_path, monkeypatch, built):
    monkeypatch.setattr(places, "SITE", tmp_path)
    (tmp_path / "labs").mkdir()
    for page in ("14-aliases.html", "labs/14-aliases.html", "numbers.html") if built else ():
        (tmp_path / page).touch()
    questions = every()
    exam = parse((SAMPLES / "good-full.json").read_bytes()).exams[0]
    report = Report(exam, {FIRST: questions[FIRST], SECOND: questions[SECOND]})
    told = printed(show.every_question, report) + printed(show.result, report, 1)
    site = tmp_path.as_uri()
    chapter, lab = (
        (f"{site}/14-aliases.html", f"{site}/labs/14-aliases.html")
        if built
        else (BOOK / "14-aliases.md", LABS / "14-aliases.ipynb")
    )
    fact = f"{site}/numbers.html#lambda.alias.weight.max" if built else "book/facts/aliases.yaml:"
    lines = [line.strip() for line in told.splitlines()]
    assert lines.count(f"{chapter}#weights") == 2
    assert str(lab) in lines
    assert any(line.startswith(fact) for line in lines)


def test_every_question_is_told_with_pick_key_and_reasons(report):
    told = printed(show.every_question, report, width=400)
    assert told.count("Question ") == 3
    assert "Question 1: correct\n" in told
    assert "Question 2: not correct\n" in told
    assert "Question 3: no answer, flagged\n" in told
    assert "the key, your answer: Processor time is shared out" in told
    for each in report.marked:
        for option in each.question["options"]:
            assert option["why"]["text"] in told


def test_the_history_tells_exams_sections_what_is_due_and_where_to_read_again(progress_file):
    put(progress_file, "good-full")
    told = coldstart("history")
    assert (told.returncode, told.stderr) == (0, "")
    lines = [line.split() for line in told.stdout.splitlines()]
    assert next(line for line in lines if line[:1] == ["1"])[:4] == ["1", "2026-11-22", "50", "%"]
    total = str(len(bank("14-aliases")["questions"]))
    assert next(line for line in lines if line[:1] == ["14"])[1:] == ["Aliases", "2", "of", total, "1"]
    assert "Due today: " in told.stdout
    assert "14-aliases" in told.stdout.split("Worth reading again:")[1]
    assert "\x1b" not in told.stdout


def test_a_history_of_nothing_says_so():
    told = coldstart("history")
    assert told.returncode == 0
    assert "Nothing is scheduled yet" in told.stdout
    assert "Exam" not in told.stdout


def test_one_exam_of_the_history_is_told_whole(progress_file):
    put(progress_file, "good-full")
    told = coldstart("history", "1")
    assert (told.returncode, told.stderr) == (0, "")
    assert "Question 1: correct" in told.stdout
    assert "Question 2: not correct, flagged" in told.stdout
    assert "1 of 2 questions correct (50 %)" in told.stdout


def test_review_asks_what_is_due_and_nothing_else(capsys, monkeypatch):
    with store.editing() as progress:
        progress.record([answer(FIRST, 40), answer(SECOND, 0), answer("a-question-that-was-dropped", 90)])
    done = coldstart("review", text="1\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Review: 1 questions." in done.stdout
    assert "Three mobile teams" in done.stdout
    assert [entry.mode for entry in store.read().log if entry.question == FIRST] == ["section", "review"]
    assert terminal.review() == 0
    assert capsys.readouterr().out.startswith("Nothing is due; the next question is due on ")


def test_review_without_an_answer_says_what_to_do(capsys):
    assert terminal.review() == 0
    assert capsys.readouterr().out == "Nothing is due; take a quiz first: coldstart quiz.\n"


def test_a_quiz_keeps_its_answers():
    done = coldstart("quiz", "14", "--seed", "3", text="1\n1 2\n1 2 3\nq\n")
    assert (done.returncode, done.stderr) == (0, "")
    log = store.read().log
    assert log
    assert {entry.mode for entry in log} == {"section"}


def test_progress_goes_out_and_comes_back(progress_file, tmp_path):
    put(progress_file, "merge-theirs")
    assert coldstart("progress", "export", str(tmp_path / "out.json")).returncode == 0
    put(progress_file, "merge-mine")
    brought = coldstart("progress", "import", str(tmp_path / "out.json"))
    assert (brought.returncode, brought.stderr) == (0, "")
    assert brought.stdout == "New here: answers 4, mock exams 1; nothing was taken away.\n"
    assert coldstart("progress", "path").stdout == f"{progress_file}\n"


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["history", "2"], 2, "There is no mock exam 2; the exams are 1 to 1."),
        (["history", "0"], 2, "There is no mock exam 0; the exams are 1 to 1."),
        (["history", "last"], 2, "Invalid value for 'number'"),
        (
            ["progress", "import", "no-such-file.json"],
            2,
            "no-such-file.json cannot be read (No such file or directory)",
        ),
        (["progress", "import", "labs/14-aliases.ipynb"], 1, "labs/14-aliases.ipynb is not progress in this course"),
        (["progress", "import", "README.md"], 1, "README.md is no whole JSON: it was cut off or is something else"),
        (["progress", "export", "README.md"], 2, "README.md exists already; name a file that does not."),
        (["progress", "export", "README.md/x"], 1, "README.md/x could not be written"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(progress_file, arguments, status, sentence):
    content = put(progress_file, "good-full")
    refused = coldstart(*arguments)
    assert refused.returncode == status
    assert refused.stderr.startswith(f"coldstart: {sentence}")
    assert len(refused.stderr.splitlines()) == 1
    assert progress_file.read_bytes() == content


@pytest.mark.parametrize("command", [["quiz", "14"], ["exam"], ["review"], ["history"]])
@pytest.mark.parametrize("name", ["bad-newer-version", "bad-truncated"])
def test_progress_that_cannot_be_read_is_one_sentence_before_anything_is_asked(progress_file, command, name):
    content = put(progress_file, name)
    refused = coldstart(*command, text="1\n")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert len(refused.stderr.splitlines()) == 1
    assert content in [path.read_bytes() for path in progress_file.parent.glob("progress*.json")]


def test_the_commands_of_the_readme_do_what_it_says(tmp_path):
    part = (ROOT / "README.md").read_text().split("## Preparing for the exam")[1].split("\n## ")[0]
    commands = re.findall(r"^ {4}\.venv/bin/coldstart (.+)$", part, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        done = subprocess.run(
            [COLDSTART, *command.split()],
            input="",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=tmp_path,
        )
        assert (done.returncode, done.stderr) == (0, ""), command
    assert parse((tmp_path / "answers.json").read_bytes()).exam.minutes == 162.5
