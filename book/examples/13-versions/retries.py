functions.put_function_event_invoke_config(
    FunctionName="quotes", Qualifier="1", MaximumRetryAttempts=0
)
