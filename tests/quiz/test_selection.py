"""Which questions a mock exam asks: quotas, spread, chance that can be repeated."""

from collections import Counter

import pytest

from coldstart.errors import CourseError
from coldstart.quiz import exams
from coldstart.quiz.bank import every
from coldstart.quiz.selection import Candidate, quotas, select
from coldstart.quiz.sitting import chosen, domain

WANTED = {"1": 20, "2": 17, "3": 14, "4": 14}


def pool(**sizes):
    """Candidates of domains 1 to 4: so many each, of four sections."""
    return [
        Candidate(f"q{number}-{name}", name[1], f"s{number % 4}")
        for name, size in sizes.items()
        for number in range(size)
    ]


def by_domain(selection):
    return dict(sorted(Counter(question[-1] for question in selection.questions).items()))


def test_the_quotas_are_those_of_the_largest_remainder():
    outline = exams.outline()
    assert quotas({each.id: each.percent for each in outline.domains}, outline.questions) == WANTED


@pytest.mark.parametrize("total", range(1, 101))
def test_quotas_always_make_the_total(total):
    shares = quotas({"1": 30, "2": 26, "3": 22, "4": 22}, total)
    assert sum(shares.values()) == total


def test_an_exam_keeps_to_the_quotas_and_asks_nothing_twice():
    selection = select(pool(d1=99, d2=40, d3=30, d4=20), WANTED, 7)
    assert (by_domain(selection), selection.missing) == (WANTED, {})
    assert len(set(selection.questions)) == 65


def test_a_seed_gives_the_same_exam_whatever_the_order_of_the_bank():
    candidates = pool(d1=99, d2=40, d3=30, d4=20)
    assert select(candidates, WANTED, 7) == select(candidates[::-1], WANTED, 7)
    assert select(candidates, WANTED, 7) != select(candidates, WANTED, 8)


def test_questions_are_spread_over_the_sections():
    selection = select(pool(d1=400), {"1": 20}, 3)
    sections = Counter(int(question[1:].split("-")[0]) % 4 for question in selection.questions)
    assert set(sections.values()) == {5}


def test_where_a_domain_has_too_few_the_others_fill_up():
    selection = select(pool(d1=99, d2=5, d3=30, d4=20), WANTED, 7)
    assert selection.missing == {"2": 12}
    assert len(selection.questions) == 65
    assert by_domain(selection)["2"] == 5


def test_a_bank_that_is_too_small_gives_all_it_has():
    assert len(select(pool(d1=3, d4=4), WANTED, 7).questions) == 7


def test_the_course_has_a_mock_exam():
    questions = every(7)
    selection = chosen(questions, 7)
    found = Counter(domain(questions[each]) for each in selection.questions)
    assert len(selection.questions) == 65
    for name, wanted in WANTED.items():
        assert found[name] >= wanted - selection.missing.get(name, 0)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("percent: 26", "percent: 27", "expected the domains' per cent to make 100 together, found 101"),
        (
            "percent: 26",
            "precent: 26",
            "dva-c03.yaml:9: 'precent' is not a key that belongs here; did you mean 'percent'?",
        ),
        ('"4.3.6"', '"7.3.6"', "expected every skill to begin with the id of a domain, found '7.3.6'"),
        ("questions: 65", "questions: all", "dva-c03.yaml:5: questions: input should be a valid integer"),
        ("skills:\n", "skills\n", "is not valid YAML"),
    ],
)
def test_a_broken_exam_file_is_one_sentence_with_file_and_line(tmp_path, monkeypatch, old, new, told):
    text = (exams.QUIZZES / "exams" / "dva-c03.yaml").read_text()
    assert old in text
    (tmp_path / "exams").mkdir()
    (tmp_path / "exams" / "dva-c03.yaml").write_text(text.replace(old, new, 1))
    monkeypatch.setattr(exams, "QUIZZES", tmp_path)
    with pytest.raises(CourseError) as error:
        exams.outline.__wrapped__()
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_exam_is_refused_with_those_there_are():
    with pytest.raises(CourseError, match="There is no exam 'saa-c99'; the exams are: dva-c03"):
        exams.outline("saa-c99")
