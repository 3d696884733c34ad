"""Names of environment variables that AWS refuses are refused, and none becomes a command."""

import pytest
from botocore.exceptions import ClientError
from functions import ECHO, deploy
from localstack_dockerless.sandbox import bubblewrap

BAD = ["A", "1ST", "_HIDDEN", "WITH-DASH", "X;touch /tmp/x;Y", "LINE\n"]


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_is_none_is_refused(server, echo, name):
    client, environment = server.client("lambda"), {"Variables": {"GOOD_1": "x", name: "x"}}
    with pytest.raises(ClientError, match=r"ValidationException.*Map keys must satisfy constraint"):
        deploy(client, ECHO, Environment=environment)
    with pytest.raises(ClientError, match=r"ValidationException.*Map keys must satisfy constraint"):
        client.update_function_configuration(FunctionName=echo, Environment=environment)


def test_a_name_that_is_none_is_never_part_of_a_script():
    script = bubblewrap.script({"X;touch /tmp/x;Y": "1", "LINE\n": "2", "_HANDLER": "3"}, limit_processes=False)
    assert b"touch" not in script
    assert b"LINE" not in script
    assert b"export _HANDLER=3" in script
