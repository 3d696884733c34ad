functions.update_alias(
    FunctionName="payments",
    Name="live",
    FunctionVersion="7",
    RoutingConfig={"AdditionalVersionWeights": {"8": 0.1}},
)
