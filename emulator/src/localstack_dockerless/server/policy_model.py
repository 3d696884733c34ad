"""PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy, as AWS's model of 2026 describes them.

The botocore that LocalStack 2026.3.0 comes with does not know them. Rule:
https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html
"""

from __future__ import annotations

from typing import Any, Final

from localstack.aws import spec

MODEL: Final = "lambda/2015-03-31/service-2"
_URI: Final = "/2026-07-09/resource-policy/{ResourceArn}"
_ARN: Final = (
    r"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:"
    r"(function:[a-zA-Z0-9-_]+(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_])+)?|runtime/[a-zA-Z0-9-_./]+)"
)
_REVISION: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IN_PATH: Final = {"location": "uri", "locationName": "ResourceArn"}
_RESULT: Final = {
    "type": "structure",
    "members": {"Policy": {"shape": "ResourcePolicy"}, "RevisionId": {"shape": "RevisionId"}},
}
_COMMON: Final = ("InvalidParameterValueException", "ServiceException", "TooManyRequestsException")
_SHAPES: Final[dict[str, dict[str, Any]]] = {
    "PolicyResourceArn": {"type": "string", "max": 512, "min": 0, "pattern": _ARN},
    "ResourcePolicy": {"type": "string", "min": 1},  # PolicyLengthExceededException says how long it may be
    "RevisionId": {"type": "string", "max": 36, "min": 36, "pattern": _REVISION},
    "PutResourcePolicyRequest": {
        "type": "structure",
        "required": ["ResourceArn", "Policy"],
        "members": {
            "ResourceArn": {"shape": "PolicyResourceArn", **_IN_PATH},
            "Policy": {"shape": "ResourcePolicy"},
            "RevisionId": {"shape": "RevisionId"},
        },
    },
    "PutResourcePolicyResponse": _RESULT,
    "GetResourcePolicyRequest": {
        "type": "structure",
        "required": ["ResourceArn"],
        "members": {"ResourceArn": {"shape": "PolicyResourceArn", **_IN_PATH}},
    },
    "GetResourcePolicyResponse": _RESULT,
    "DeleteResourcePolicyRequest": {
        "type": "structure",
        "required": ["ResourceArn"],
        "members": {
            "ResourceArn": {"shape": "PolicyResourceArn", **_IN_PATH},
            "RevisionId": {"shape": "RevisionId", "location": "querystring", "locationName": "RevisionId"},
        },
    },
}


def _operation(name: str, method: str, status: int, *errors: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name,
        "http": {"method": method, "requestUri": _URI, "responseCode": status},
        "input": {"shape": f"{name}Request"},
        "errors": [{"shape": error} for error in (*_COMMON, "ResourceNotFoundException", *errors)],
    }
    return described | ({"output": {"shape": f"{name}Response"}} if f"{name}Response" in _SHAPES else {})


_REVISED: Final = ("ResourceConflictException", "PreconditionFailedException")
_OPERATIONS: Final = (
    _operation("PutResourcePolicy", "PUT", 200, "PolicyLengthExceededException", *_REVISED),
    _operation("GetResourcePolicy", "GET", 200),
    _operation("DeleteResourcePolicy", "DELETE", 204, *_REVISED),
)


def extend() -> None:
    """Have LocalStack read them into the model, once in a server's life, before the model is first used."""
    if MODEL not in spec.loader.patches:
        spec.loader.patches[MODEL] = [
            *({"op": "add", "path": f"/shapes/{name}", "value": shape} for name, shape in _SHAPES.items()),
            *({"op": "add", "path": f"/operations/{one['name']}", "value": one} for one in _OPERATIONS),
        ]
