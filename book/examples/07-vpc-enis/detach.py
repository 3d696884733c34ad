functions.update_function_configuration(
    FunctionName="payments",
    VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
)
