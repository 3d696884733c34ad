"""Trace items: what their code shows when it runs is what the key says, and what no other option says."""

import pytest
from emulators import emulator, here

from coldstart import course, facts
from coldstart.quiz.lint.shape import spans
from coldstart.quiz.model import Trace, questions
from coldstart.quiz.trace import observe

__all__ = ["emulator", "here"]

ITEMS = [
    item
    for section in course.sections()
    if section.quiz.exists()
    for item in questions(section.slug)
    if isinstance(item, Trace)
]


@pytest.mark.parametrize("item", [pytest.param(item, id=item.id) for item in ITEMS])
def test_the_key_is_what_the_code_shows_and_no_other_option_is(item, here):
    shown = observe(item)
    agreeing = [option.id for option in item.options if spans(facts.load().expand(option.text)) == shown]
    assert agreeing == [option.id for option in item.keys], f"the code shows {shown}"
