import time

functions.put_provisioned_concurrency_config(
    FunctionName="tickets",
    Qualifier="live",
    ProvisionedConcurrentExecutions=5,
)
status = "IN_PROGRESS"
while status == "IN_PROGRESS":
    time.sleep(0.5)
    status = functions.get_provisioned_concurrency_config(
        FunctionName="tickets", Qualifier="live"
    )["Status"]
print(status)
