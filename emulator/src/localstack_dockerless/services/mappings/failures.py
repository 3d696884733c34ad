"""The record that an on-failure destination gets.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html#dynamodb-on-failure-destination-example
"""

from __future__ import annotations

from typing import Any

from localstack_dockerless.services.mappings.batches import Piece


def failure_record(function_arn: str, piece: Piece, condition: str) -> dict[str, Any]:
    """The part about the function; LocalStack adds the one about the records.

    Args:
        function_arn: as the mapping names it.
        piece: the records that are given up.
        condition: RetryAttemptsExhausted or RecordAgeExceeded.
    """
    request = {
        "requestId": piece.error.get("requestId"),
        "functionArn": function_arn,
        "condition": condition,
        "approximateInvokeCount": piece.invoked,
    }
    response = {
        "statusCode": piece.error.get("httpStatusCode"),
        "executedVersion": piece.error.get("executedVersion"),
        "functionError": piece.error.get("functionError"),
    }
    return {"requestContext": request, **({"responseContext": response} if piece.invoked else {})}
