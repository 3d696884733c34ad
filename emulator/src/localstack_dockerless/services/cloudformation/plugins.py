"""The resource types, found by their entry points in the group `localstack.cloudformation.resource_providers`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localstack.services.cloudformation.resource_provider import CloudFormationResourceProviderPlugin
from plux import PluginSpec

from localstack_dockerless.services.cloudformation.resources import Call, Kind, Model, provider, same

GROUP = CloudFormationResourceProviderPlugin.namespace
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method")


def _plugin(name: str, kind: Kind) -> PluginSpec:
    def load(plugin: Any) -> None:
        plugin.factory = provider(name, kind)

    made = type(name.replace("::", ""), (CloudFormationResourceProviderPlugin,), {"name": name, "load": load})
    return PluginSpec(GROUP, name, made)


def _import_body(client: Any, api: Model) -> None:
    """The routes of an OpenAPI document, such as SAM makes of HttpApi events."""
    for key, integration in _routes(api.get("Body") or {}):
        made = client.create_integration(
            ApiId=api["ApiId"],
            IntegrationType=integration["type"].upper(),
            IntegrationUri=integration["uri"],
            IntegrationMethod=integration.get("httpMethod", "POST"),
            PayloadFormatVersion=str(integration.get("payloadFormatVersion", "2.0")),
        )
        client.create_route(ApiId=api["ApiId"], RouteKey=key, Target=f"integrations/{made['IntegrationId']}")


def _routes(body: Model) -> Iterator[tuple[str, Model]]:
    for path, methods in body.get("paths", {}).items():
        for method, details in methods.items():
            if method in METHODS and "x-amazon-apigateway-integration" in details:
                verb = "ANY" if method.startswith("x-") else method.upper()
                key = "$default" if path.strip("/") == "$default" else f"{verb} {path}"
                yield key, details["x-amazon-apigateway-integration"]


def _from_body(api: Model) -> None:
    """What a document says about the API itself; only HTTP APIs come from one."""
    body = api.get("Body")
    if body:
        api.setdefault("Name", body.get("info", {}).get("title", "api"))
        api.setdefault("ProtocolType", "HTTP")
        if cors := body.get("x-amazon-apigateway-cors"):
            api.setdefault("CorsConfiguration", {name[:1].upper() + name[1:]: value for name, value in cors.items()})


logs_metric_filter = _plugin(
    "AWS::Logs::MetricFilter",
    Kind(
        "logs",
        "FilterName",
        Call(
            "put_metric_filter",
            {
                "filterName": "FilterName",
                "filterPattern": "FilterPattern",
                "logGroupName": "LogGroupName",
                "metricTransformations": "MetricTransformations",
            },
        ),
        Call("delete_metric_filter", {"filterName": "FilterName", "logGroupName": "LogGroupName"}),
        name="FilterName",
    ),
)

elbv2_load_balancer = _plugin(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    Kind(
        "elbv2",
        "LoadBalancerArn",
        Call(
            "create_load_balancer", same("Name", "Subnets", "SecurityGroups", "Scheme", "Type", "IpAddressType", "Tags")
        ),
        Call("delete_load_balancer", same("LoadBalancerArn")),
        answer=("LoadBalancers", 0),
        attributes={
            **same("LoadBalancerArn", "DNSName", "LoadBalancerName", "SecurityGroups"),
            "CanonicalHostedZoneID": "CanonicalHostedZoneId",
        },
        name="Name",
        after=(
            Call(
                "modify_load_balancer_attributes",
                {"LoadBalancerArn": "LoadBalancerArn", "Attributes": "LoadBalancerAttributes"},
                needs="LoadBalancerAttributes",
            ),
        ),
        changes=(
            Call(
                "modify_load_balancer_attributes",
                {"LoadBalancerArn": "LoadBalancerArn", "Attributes": "LoadBalancerAttributes"},
            ),
        ),
    ),
)

_TARGET_ATTRIBUTES = Call(
    "modify_target_group_attributes",
    {"TargetGroupArn": "TargetGroupArn", "Attributes": "TargetGroupAttributes"},
    needs="TargetGroupAttributes",
)

elbv2_target_group = _plugin(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    Kind(
        "elbv2",
        "TargetGroupArn",
        Call(
            "create_target_group",
            same(
                *("Name", "TargetType", "Port", "Protocol", "VpcId", "Tags", "Matcher"),
                *("HealthCheckEnabled", "HealthCheckPath", "HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds"),
                *("HealthyThresholdCount", "UnhealthyThresholdCount"),
            ),
        ),
        Call("delete_target_group", same("TargetGroupArn")),
        answer=("TargetGroups", 0),
        attributes=same("TargetGroupArn", "TargetGroupName"),
        name="Name",
        after=(_TARGET_ATTRIBUTES, Call("register_targets", same("TargetGroupArn", "Targets"), needs="Targets")),
        changes=(_TARGET_ATTRIBUTES,),
    ),
)

elbv2_listener = _plugin(
    "AWS::ElasticLoadBalancingV2::Listener",
    Kind(
        "elbv2",
        "ListenerArn",
        Call("create_listener", same("LoadBalancerArn", "Port", "Protocol", "DefaultActions")),
        Call("delete_listener", same("ListenerArn")),
        answer=("Listeners", 0),
        attributes=same("ListenerArn"),
        changes=(Call("modify_listener", same("ListenerArn", "Port", "Protocol", "DefaultActions")),),
    ),
)

elbv2_listener_rule = _plugin(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    Kind(
        "elbv2",
        "RuleArn",
        Call("create_rule", same("ListenerArn", "Priority", "Conditions", "Actions")),
        Call("delete_rule", same("RuleArn")),
        answer=("Rules", 0),
        attributes=same("RuleArn"),
        changes=(Call("modify_rule", same("RuleArn", "Conditions", "Actions")),),
    ),
)

efs_file_system = _plugin(
    "AWS::EFS::FileSystem",
    Kind(
        "efs",
        "FileSystemId",
        Call(
            "create_file_system",
            {**same("PerformanceMode", "Encrypted", "ThroughputMode", "KmsKeyId"), "Tags": "FileSystemTags"},
        ),
        Call("delete_file_system", same("FileSystemId")),
        attributes={"FileSystemId": "FileSystemId", "Arn": "FileSystemArn"},
    ),
)

efs_mount_target = _plugin(
    "AWS::EFS::MountTarget",
    Kind(
        "efs",
        "Id",
        Call("create_mount_target", same("FileSystemId", "SubnetId", "IpAddress", "SecurityGroups")),
        Call("delete_mount_target", {"MountTargetId": "Id"}),
        attributes={"Id": "MountTargetId", "IpAddress": "IpAddress"},
    ),
)

efs_access_point = _plugin(
    "AWS::EFS::AccessPoint",
    Kind(
        "efs",
        "AccessPointId",
        Call("create_access_point", {**same("FileSystemId", "PosixUser", "RootDirectory"), "Tags": "AccessPointTags"}),
        Call("delete_access_point", same("AccessPointId")),
        attributes={"AccessPointId": "AccessPointId", "Arn": "AccessPointArn"},
    ),
)

apigatewayv2_api = _plugin(
    "AWS::ApiGatewayV2::Api",
    Kind(
        "apigatewayv2",
        "ApiId",
        Call(
            "create_api",
            same("Name", "ProtocolType", "CorsConfiguration", "Description", "RouteSelectionExpression", "Target"),
        ),
        Call("delete_api", same("ApiId")),
        attributes=same("ApiId", "ApiEndpoint"),
        prepare=_from_body,
        finish=_import_body,
    ),
)

apigatewayv2_stage = _plugin(
    "AWS::ApiGatewayV2::Stage",
    Kind(
        "apigatewayv2",
        "StageName",
        Call("create_stage", same("ApiId", "StageName", "AutoDeploy", "StageVariables", "Tags", "DeploymentId")),
        Call("delete_stage", same("ApiId", "StageName")),
        changes=(Call("update_stage", same("ApiId", "StageName", "AutoDeploy", "StageVariables")),),
    ),
)

apigatewayv2_integration = _plugin(
    "AWS::ApiGatewayV2::Integration",
    Kind(
        "apigatewayv2",
        "IntegrationId",
        Call(
            "create_integration",
            same("ApiId", "IntegrationType", "IntegrationUri", "IntegrationMethod", "PayloadFormatVersion"),
        ),
        Call("delete_integration", same("ApiId", "IntegrationId")),
        attributes=same("IntegrationId"),
    ),
)

apigatewayv2_route = _plugin(
    "AWS::ApiGatewayV2::Route",
    Kind(
        "apigatewayv2",
        "RouteId",
        Call("create_route", same("ApiId", "RouteKey", "Target", "AuthorizationType", "AuthorizerId")),
        Call("delete_route", same("ApiId", "RouteId")),
        attributes=same("RouteId"),
        changes=(Call("update_route", same("ApiId", "RouteId", "RouteKey", "Target")),),
    ),
)
