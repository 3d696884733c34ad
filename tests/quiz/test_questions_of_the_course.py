"""The questions that the course asks: lint, and what the surfaces make of them."""

import gzip
import json
import warnings

import pytest

from coldstart import course
from coldstart.quiz.bank import bank
from coldstart.quiz.html import element
from coldstart.quiz.lint import of_course
from coldstart.quiz.model import questions

SLUGS = [section.slug for section in course.sections() if section.quiz.exists()]
BANK_KILOBYTES = 40
QUESTIONS_MIN = 12


@pytest.fixture(scope="module")
def linted():
    return of_course()


def test_every_section_has_a_quiz():
    assert [section.slug for section in course.sections()] == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_there_are_enough_questions(slug):
    assert len(questions(slug)) >= QUESTIONS_MIN


@pytest.mark.parametrize("slug", SLUGS)
def test_lint_finds_no_error(slug, linted):
    mine = [finding for finding in linted if finding.where.path.stem == slug]
    for finding in mine:
        if finding.level == "warning":
            warnings.warn(f"{finding.where}: {finding.rule}: {finding.message}", stacklevel=1)
    assert [f"{item.where}: {item.rule}: {item.message}" for item in mine if item.level == "error"] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_gets_a_small_bank_without_placeholders(slug):
    markup = element(slug)
    assert "{fact:" not in markup
    assert len(gzip.compress(json.dumps(bank(slug)).encode())) <= BANK_KILOBYTES * 1024


def test_question_ids_are_unique_in_the_whole_course():
    ids = [question.id for slug in SLUGS for question in questions(slug)]
    assert len(set(ids)) == len(ids)
