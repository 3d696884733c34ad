"""A machine may give some control groups and not others; each limit is then held by what there is."""

from __future__ import annotations

import time

import pytest
from localstack_dockerless.sandbox import cgroups, processes

pytestmark = pytest.mark.usefixtures("sandboxed")
SPIN = "print('spinning')\nwhile True: pass"


@pytest.fixture(params=[(), ("memory",), ("memory", "pids"), ("cpu",)], ids=lambda names: "+".join(names) or "none")
def given(request, fresh):
    """Only some controllers, beside the freezer."""
    found = cgroups.find()
    if not found.unified or set(found.controllers) != set(cgroups.CONTROLLERS):
        pytest.skip(f"not all control groups are writable here: {found.reason or 'version 2 is missing'}")
    some = {name: found.controllers[name] for name in request.param}
    fresh.setattr(cgroups, "find", lambda: cgroups.Hierarchies(found.unified, some))
    yield request.param
    fresh.undo()


@pytest.mark.usefixtures("given")
def test_a_throttled_environment_goes_on_after_it_was_frozen(trial):
    one = trial(python=SPIN, memory_mb=442)
    one.box.throttle(True)
    one.start().until("spinning")
    for _ in range(5):
        time.sleep(0.05)
        one.box.freeze()
        one.box.thaw()
    before = sum(map(processes.processor_seconds, one.box.pids()))
    time.sleep(0.5)
    used = sum(map(processes.processor_seconds, one.box.pids())) - before
    assert 0.02 < used < 0.25


@pytest.mark.usefixtures("given")
def test_memory_is_limited(trial):
    one = trial(python="import time; x = bytearray(300 << 20); time.sleep(9)", memory_mb=128).start()
    assert one.wait().out_of_memory
