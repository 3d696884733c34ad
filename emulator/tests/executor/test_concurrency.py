from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from deployed import archive


def test_eight_clients_get_their_own_answers(deploy):
    echo = deploy(code=archive({"probe.py": "def handler(event, context):\n    return event\n"}), Timeout=30)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: echo.invoke({"number": number}).value["number"], range(80)))
    assert answers == list(range(80))


@pytest.mark.parametrize("how", ["descriptors", "processes"])
def test_a_function_that_takes_all_it_can_get_harms_no_other(deploy, how):
    greedy, other = deploy("exhausts.py", Timeout=10), deploy()
    before = other.invoke().value["pid"]
    taken = greedy.invoke({"how": how})
    assert taken.error or taken.value <= 1024
    assert other.invoke().value["pid"] == before
    assert greedy.invoke().value == "fine"


def test_hot_reloaded_code_is_loaded_anew_after_a_change(deploy, tmp_path):
    import shutil
    from pathlib import Path

    # Not below a directory that only its owner may enter, as pytest's are.
    folder = Path("/tmp") / f"hot-{tmp_path.name}"
    folder.mkdir()
    try:
        (folder / "probe.py").write_text("def handler(event, context):\n    return 1\n")
        function = deploy(hot=str(folder))
        assert function.invoke().value == 1
        (folder / "probe.py").write_text("def handler(event, context):\n    return 22\n")
        assert function.invoke().value == 22
        assert not list(folder.glob("__pycache__"))
    finally:
        shutil.rmtree(folder)
