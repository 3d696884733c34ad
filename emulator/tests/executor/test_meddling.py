"""A function that misbehaves towards Runtime APIs harms nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def pair(deploy):
    meddler, victim = deploy("meddles.py", Timeout=10), deploy("meddles.py", Timeout=10)
    return meddler, victim, victim.invoke({"how": "tell"}).value


@pytest.mark.parametrize("how", ["rubbish", "steal", "fail init", "answer"])
def test_an_idle_environment_is_not_disturbed_by_another(pair, how):
    meddler, victim, address = pair
    with ThreadPoolExecutor(1) as pool:
        meddling = pool.submit(meddler.invoke, {"how": how, "address": address, "request": "guessed"})
        answers = [victim.invoke({"how": "tell"}).value for _ in range(5)]
        meddling.result()
    assert answers == [address] * 5
    assert victim.invoke({"how": "tell"}).value == address


def test_the_event_of_another_environment_cannot_be_taken(pair):
    meddler, victim, address = pair
    with ThreadPoolExecutor(1) as pool:
        theft = pool.submit(meddler.invoke, {"how": "steal", "address": address})
        while not theft.done():
            assert victim.invoke({"how": "tell"}).value == address
    assert theft.result().value != 200


@pytest.mark.parametrize(("how", "status"), [("steal", 403), ("fail init", 403), ("answer", 400)])
def test_a_function_that_meddles_with_its_own_is_refused(deploy, how, status):
    assert deploy("meddles.py").invoke({"how": how, "request": "another"}).value == status


def test_rubbish_sent_to_its_own_api_leaves_a_function_working(deploy):
    function = deploy("meddles.py")
    assert function.invoke({"how": "rubbish"}).value == "done"
    assert function.invoke({"how": "tell"}).error is None


def test_a_function_that_closes_its_connections_ends_its_own_invocation_only(deploy):
    function = deploy("meddles.py", Timeout=2)
    function.invoke({"how": "hang up"})
    assert function.invoke({"how": "tell"}).error is None
