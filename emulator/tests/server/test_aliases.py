"""UpdateAlias accepts what AWS accepts, refuses what AWS refuses, and then leaves the alias as it was."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import role_of

NAME = "weighted"
CODE = "def handler(event, context):\n    return context.function_version\n"


def _package() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("app.py", CODE)
    return archive.getvalue()


@pytest.fixture(scope="module")
def functions(server: Any) -> Iterator[Any]:
    """A client whose account has one function with versions 1 to 3 and the alias `live` on version 1."""
    client = server.client("lambda", account="777777777777")
    client.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Handler="app.handler",
        Role=role_of(client),
        Code={"ZipFile": _package()},
    )
    for text in ("one", "two", "three"):
        client.get_waiter("function_active_v2").wait(FunctionName=NAME)
        client.update_function_configuration(FunctionName=NAME, Description=text)
        client.get_waiter("function_updated_v2").wait(FunctionName=NAME)
        client.publish_version(FunctionName=NAME)
    client.create_alias(FunctionName=NAME, Name="live", FunctionVersion="1")
    yield client
    client.delete_function(FunctionName=NAME)


def _update(client: Any, version: str, weights: dict[str, float]) -> dict[str, Any]:
    config = {"AdditionalVersionWeights": weights}
    return client.update_alias(FunctionName=NAME, Name="live", FunctionVersion=version, RoutingConfig=config)


@pytest.mark.parametrize("weight", [0.0, 0.6, 1.0])
def test_a_weight_from_0_to_1_is_stored(functions: Any, weight: float) -> None:
    assert _update(functions, "1", {"2": weight})["RoutingConfig"] == {"AdditionalVersionWeights": {"2": weight}}


def test_empty_weights_end_a_split(functions: Any) -> None:
    _update(functions, "1", {"2": 0.6})
    assert "RoutingConfig" not in _update(functions, "1", {})


@pytest.mark.parametrize(
    ("version", "weights", "code", "words"),
    [
        ("1", {"2": 60}, "ValidationException", "less than or equal to 1.0"),
        ("1", {"2": 0.3, "3": 0.2}, "InvalidParameterValueException", "cannot be greater than 1"),
        ("1", {"$LATEST": 0.3}, "ValidationException", "regular expression pattern: [0-9]+"),
        ("$LATEST", {"2": 0.3}, "InvalidParameterValueException", "$LATEST is not supported"),
        ("1", {"1": 0.3}, "InvalidParameterValueException", "already included"),
        ("1", {"9": 0.3}, "ResourceNotFoundException", ":9"),
        ("9", {}, "ResourceNotFoundException", ":9"),
    ],
)
def test_what_aws_refuses_is_refused_and_changes_nothing(
    functions: Any, version: str, weights: dict[str, float], code: str, words: str
) -> None:
    _update(functions, "1", {"2": 0.6})
    with pytest.raises(ClientError, match=code) as refusal:
        _update(functions, version, weights)
    assert words in str(refusal.value)
    alias = functions.get_alias(FunctionName=NAME, Name="live")
    assert (alias["FunctionVersion"], alias["RoutingConfig"]) == ("1", {"AdditionalVersionWeights": {"2": 0.6}})


def test_a_version_that_already_has_a_weight_cannot_become_the_main_one_alone(functions: Any) -> None:
    _update(functions, "1", {"2": 0.6})
    with pytest.raises(ClientError, match="already included"):
        functions.update_alias(FunctionName=NAME, Name="live", FunctionVersion="2")
