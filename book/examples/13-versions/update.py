functions.update_function_code(FunctionName="quotes", ZipFile=archive)
functions.get_waiter("function_updated_v2").wait(FunctionName="quotes")
functions.update_function_configuration(
    FunctionName="quotes",
    Environment={"Variables": {"SURCHARGE": "0.25"}},
    MemorySize=256,
)
functions.get_waiter("function_updated_v2").wait(FunctionName="quotes")
