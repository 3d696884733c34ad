"""JSONata in Python; LocalStack would download Java 21 and the jars for it.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import json
from typing import Any

import jsonata
from localstack.services.stepfunctions.asl.jsonata import jsonata as asl
from localstack.services.stepfunctions.asl.utils.encoding import to_json_str
from localstack.utils.patch import Patch, Patches

TIME_LIMIT = 5000  # milliseconds
DEPTH_LIMIT = 500
"""Of an expression: AWS limits both, in words only."""

_patches = Patches()


def apply() -> None:
    """Put it in place, once, before the rest of Step Functions is imported: that takes the functions by name."""
    if _patches.patches:
        return
    _patches.add(Patch(asl, "eval_jsonata_expression", evaluate))
    _patches.add(Patch(asl, "encode_jsonata_variable_declarations", declare))
    _patches.apply()


def evaluate(expression: str) -> Any:
    """The value of an expression that declares all it needs.

    Raises:
        JSONataException: it is none, or cannot be computed.
    """
    try:
        compiled = jsonata.Jsonata(expression)
        frame = compiled.create_frame()
        frame.set_runtime_bounds(TIME_LIMIT, DEPTH_LIMIT)
        # As JSON and back: the library has classes of its own for sequences.
        return json.loads(json.dumps(compiled.evaluate(None, frame)))
    except Exception as error:
        raise asl.JSONataException("UNKNOWN", str(error)) from error


def declare(bindings: dict[str, Any]) -> str:
    """Variables as assignments; LocalStack leaves quotes and line ends in texts as they are, which ends the text."""
    return "".join(f"{name}:={to_json_str(value, separators=(',', ':'))};" for name, value in bindings.items())
