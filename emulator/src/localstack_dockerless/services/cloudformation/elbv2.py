"""Resource types of Elastic Load Balancing.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ElasticLoadBalancingV2.html
"""

from __future__ import annotations

from localstack_dockerless.services.cloudformation.derived import alone, gone
from localstack_dockerless.services.cloudformation.resources import Call, Kind, Model, plugin, same


def _tags(arn: str) -> tuple[Call, ...]:
    """What brings the tags of a resource in line."""
    return (
        Call("remove_tags", {"ResourceArns": alone(arn), "TagKeys": gone("Tags", "Key")}, ("Tags",), ("TagKeys",)),
        Call("add_tags", {"ResourceArns": alone(arn), "Tags": "Tags"}, needs=("Tags",)),
    )


def _full_name(model: Model) -> str:
    """What metrics have as dimension: the end of the ARN."""
    return str(model["LoadBalancerArn"]).partition(":loadbalancer/")[2]


_BALANCER_ATTRIBUTES = Call(
    "modify_load_balancer_attributes",
    {"LoadBalancerArn": "LoadBalancerArn", "Attributes": "LoadBalancerAttributes"},
    needs=("Attributes",),
)

load_balancer = plugin(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    Kind(
        "elbv2",
        "LoadBalancerArn",
        (
            Call(
                "create_load_balancer",
                same(
                    *("Name", "Subnets", "SubnetMappings", "SecurityGroups", "Scheme", "Type", "IpAddressType", "Tags")
                ),
            ),
        ),
        Call("delete_load_balancer", same("LoadBalancerArn")),
        replaced=("Name", "Scheme", "Type"),
        answer=("LoadBalancers", 0),
        attributes={
            **same("LoadBalancerArn", "DNSName", "LoadBalancerName", "SecurityGroups"),
            "CanonicalHostedZoneID": "CanonicalHostedZoneId",
        },
        name="Name",
        derived={"LoadBalancerFullName": _full_name},
        after=(_BALANCER_ATTRIBUTES,),
        changes=(
            Call("set_subnets", same("LoadBalancerArn", "Subnets", "SubnetMappings")),
            Call("set_security_groups", same("LoadBalancerArn", "SecurityGroups")),
            Call("set_ip_address_type", same("LoadBalancerArn", "IpAddressType")),
            _BALANCER_ATTRIBUTES,
            *_tags("LoadBalancerArn"),
        ),
    ),
)

_HEALTH = same(
    *("HealthCheckEnabled", "HealthCheckPath", "HealthCheckPort", "HealthCheckProtocol", "Matcher"),
    *("HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount"),
)
_PLACE = ("Name", "TargetType", "Port", "Protocol", "ProtocolVersion", "IpAddressType", "VpcId")
_GROUP_ATTRIBUTES = Call(
    "modify_target_group_attributes",
    {"TargetGroupArn": "TargetGroupArn", "Attributes": "TargetGroupAttributes"},
    needs=("Attributes",),
)
_REGISTER = Call("register_targets", same("TargetGroupArn", "Targets"), needs=("Targets",))

target_group = plugin(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    Kind(
        "elbv2",
        "TargetGroupArn",
        (Call("create_target_group", {**same(*_PLACE, "Tags"), **_HEALTH}),),
        Call("delete_target_group", same("TargetGroupArn")),
        replaced=_PLACE,
        answer=("TargetGroups", 0),
        attributes=same("TargetGroupArn", "TargetGroupName", "LoadBalancerArns"),
        name="Name",
        derived={"TargetGroupFullName": lambda model: str(model["TargetGroupArn"]).rpartition(":")[2]},
        after=(_GROUP_ATTRIBUTES, _REGISTER),
        changes=(
            Call("modify_target_group", same("TargetGroupArn") | _HEALTH),
            _GROUP_ATTRIBUTES,
            # First, as a target group has room for one function.
            Call(
                "deregister_targets",
                {"TargetGroupArn": "TargetGroupArn", "Targets": gone("Targets")},
                of=("Targets",),
                needs=("Targets",),
            ),
            _REGISTER,
            *_tags("TargetGroupArn"),
        ),
    ),
)

_LISTENER = ("Port", "Protocol", "DefaultActions", "Certificates", "SslPolicy", "AlpnPolicy", "MutualAuthentication")

listener = plugin(
    "AWS::ElasticLoadBalancingV2::Listener",
    Kind(
        "elbv2",
        "ListenerArn",
        (Call("create_listener", same("LoadBalancerArn", *_LISTENER)),),
        Call("delete_listener", same("ListenerArn")),
        replaced=("LoadBalancerArn",),
        answer=("Listeners", 0),
        attributes=same("ListenerArn"),
        changes=(Call("modify_listener", same("ListenerArn", *_LISTENER)),),
    ),
)

listener_rule = plugin(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    Kind(
        "elbv2",
        "RuleArn",
        (Call("create_rule", same("ListenerArn", "Priority", "Conditions", "Actions")),),
        Call("delete_rule", same("RuleArn")),
        replaced=("ListenerArn",),
        answer=("Rules", 0),
        attributes=same("RuleArn", "IsDefault"),
        changes=(
            Call("modify_rule", same("RuleArn", "Conditions", "Actions")),
            Call(
                "set_rule_priorities",
                {"RulePriorities": lambda model, _: [{name: model[name] for name in ("RuleArn", "Priority")}]},
                of=("Priority",),
            ),
        ),
    ),
)
