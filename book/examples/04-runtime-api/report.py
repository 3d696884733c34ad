def report(call, request_id, error):
    """Post an exception instead of an answer."""
    body = {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": [],
    }
    header = {"Lambda-Runtime-Function-Error-Type": "Function.NotPaid"}
    call(f"/runtime/invocation/{request_id}/error", body, header)
