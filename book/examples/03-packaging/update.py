functions.get_waiter("function_active_v2").wait(
    FunctionName="invoices-image"
)
functions.update_function_code(
    FunctionName="invoices-image",
    ImageUri=f"{repository}:v2",
    Publish=True,  # a version of its own, to come back to
)
