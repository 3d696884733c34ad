import json

functions.create_function(
    FunctionName="payments",
    Runtime="provided.al2023",
    Handler="any",
    Role=payments_role,
    MemorySize=512,
    Code={"ZipFile": executable(("bootstrap", "bootstrap"))},
)
functions.get_waiter("function_active_v2").wait(FunctionName="payments")
answer = functions.invoke(FunctionName="payments", Payload='{"order": 71}')
print(json.load(answer["Payload"]))
