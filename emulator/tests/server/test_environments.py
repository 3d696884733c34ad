"""Execution environments that nobody uses are ended, all by one thread."""

from __future__ import annotations

import threading

from functions import eventually
from localstack.services.lambda_.invocation.execution_environment import RuntimeStatus
from localstack_dockerless.server.environments import Keeper


class Idle:
    """As much of an execution environment as the keeper looks at."""

    id = "0"
    status = RuntimeStatus.READY

    def __init__(self, fails=False):
        self.fails, self.ended = fails, threading.Event()

    def keepalive_passed(self):
        self.ended.set()
        if self.fails:
            raise RuntimeError


def test_an_idle_environment_is_ended_after_its_time():
    keeper, idle = Keeper(0.1), Idle()
    keeper.rest(idle)
    assert idle.ended.wait(10)


def test_a_used_environment_lives_on():
    keeper, used, idle = Keeper(0.5), Idle(), Idle()
    keeper.rest(idle)
    while not idle.ended.is_set():
        keeper.rest(used)
    assert not used.ended.is_set()


def test_one_that_cannot_be_ended_does_not_keep_the_next_one_alive():
    keeper, broken, idle = Keeper(0.1), Idle(fails=True), Idle()
    keeper.rest(broken)
    assert broken.ended.wait(10)
    keeper.rest(idle)
    assert idle.ended.wait(10)


def test_a_stopped_environment_is_let_go():
    keeper, idle = Keeper(0.1), Idle()
    idle.status = RuntimeStatus.STOPPED
    keeper.rest(idle)
    eventually(lambda: not keeper._idle)
