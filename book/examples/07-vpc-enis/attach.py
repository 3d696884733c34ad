functions = boto3.client("lambda")
functions.update_function_configuration(
    FunctionName="payments",
    VpcConfig={
        "SubnetIds": [subnet_a, subnet_b],
        "SecurityGroupIds": [app],
    },
)
functions.get_waiter("function_updated_v2").wait(FunctionName="payments")
