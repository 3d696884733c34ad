functions.update_alias(
    FunctionName="payments",
    Name="live",
    RoutingConfig={"AdditionalVersionWeights": {}},
)
