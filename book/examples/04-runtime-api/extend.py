layer = functions.publish_layer_version(
    LayerName="audit",
    Content={"ZipFile": executable(("audit", "extensions/audit"))},
)
functions.update_function_configuration(
    FunctionName="payments", Layers=[layer["LayerVersionArn"]]
)
functions.get_waiter("function_updated_v2").wait(FunctionName="payments")
functions.invoke(FunctionName="payments", Payload='{"order": 72}')
