"""A function that could not be updated says why, does not answer on the old runtime, and can be mended."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

UNSERVED = "java21"


def test_an_update_to_a_runtime_that_is_not_served_fails_the_function_with_the_reason(deploy):
    function = deploy()
    assert function.invoke().error is None
    configuration = function.configure(Runtime=UNSERVED).configuration()
    assert (configuration["State"], configuration["LastUpdateStatus"]) == ("Failed", "Failed")
    assert configuration["LastUpdateStatusReasonCode"] == configuration["StateReasonCode"] == "InvalidRuntime"
    assert UNSERVED in configuration["LastUpdateStatusReason"]
    with pytest.raises(ClientError, match="currently in the following state: Failed"):
        function.invoke()
    assert function.configure(Runtime="python3.13").invoke().error is None


def test_a_function_that_never_ran_can_be_mended(deploy):
    function = deploy(Runtime=UNSERVED)
    configuration = function.configure(Runtime="python3.13").configuration()
    assert (configuration["State"], configuration["LastUpdateStatus"]) == ("Active", "Successful")
    assert "LastUpdateStatusReason" not in configuration
    assert function.invoke().error is None
