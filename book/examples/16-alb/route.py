import boto3

elb = boto3.client("elbv2")
shop = elb.describe_load_balancers(Names=["shop"])["LoadBalancers"][0]
listener = elb.describe_listeners(LoadBalancerArn=shop["LoadBalancerArn"])
group = elb.describe_target_groups(Names=["search"])["TargetGroups"][0]

paths = {"Values": ["/search", "/search/*"]}
elb.create_rule(
    ListenerArn=listener["Listeners"][0]["ListenerArn"],
    Priority=20,
    Conditions=[{"Field": "path-pattern", "PathPatternConfig": paths}],
    Actions=[
        {"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}
    ],
)
