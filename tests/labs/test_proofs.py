"""Five proofs for every lab that exists; they share its runs, so they are parts of one test."""

import pytest

from coldstart.course import sections
from coldstart.lab import checking, editions, notebook, run, stable

LABS = [pytest.param(found, id=found.slug) for found in sections() if found.lab.exists()]


@pytest.mark.parametrize("section", LABS)
def test_five_proofs_hold(section, here, first_run, subtests):
    first = first_run(section)
    known = set(checking.load(section.slug))
    with subtests.test("1: it runs from top to bottom and shows what its page shows"):
        assert not first.run.error
        assert not first.comparison.diff_filtered, first.comparison.diff_string
        assert first.changed == []
    with subtests.test("2: the solution passes every check"):
        assert {result.name: result.message for result in first.run.results} == dict.fromkeys(known, "")
        assert all(result.passed for result in first.run.results)
    with subtests.test("3: an untouched copy fails every check with a message of its own"):
        here.reset()
        found = untouched(section, here)
        messages = {result.name: result.message for result in found}
        assert set(messages) == known
        assert not [result.name for result in found if result.passed]
        assert len(set(messages.values())) == len(messages)
        assert not any(message.startswith("AWS answered") for message in messages.values()), messages
    with subtests.test("4: after a reset a second run equals the first"):
        here.reset()
        second, _ = stable.stable_outputs(run.execute(notebook.read(section.lab), here.endpoint.environment).nb, {})
        assert stable.differ(first.run.nb, second) == []
    with subtests.test("5: nothing is left behind"):
        assert first.after == first.before


def untouched(section, here):
    """The results of the learner's copy, run to its end whatever fails."""
    copied = editions.learner(notebook.read(section.lab), section)
    return run.execute(copied, here.endpoint.environment, allow_errors=True).results
