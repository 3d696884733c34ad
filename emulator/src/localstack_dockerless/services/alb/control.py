"""The control plane: moto's ELBv2 with what AWS checks before, and corrected after.

Each handler takes the context and the parsed request of one operation. Around all of them, the request is held to the
service's model, and what follows from a change is settled: order of rules, use of target groups, health checks.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from localstack.aws.spec import load_service
from localstack.services.moto import call_moto, call_moto_with_request

from localstack_dockerless.services.alb import actions, balancers, constraints, groups, health, listeners
from localstack_dockerless.services.alb.errors import refuse
from localstack_dockerless.services.alb.functions import Target
from localstack_dockerless.services.alb.listeners import backend_of

Handler = Callable[[Any, Any], Any]


def handlers() -> dict[str, Handler]:
    """What is done for each operation of ELBv2."""
    ours: dict[str, Handler] = {
        "CreateLoadBalancer": _create_load_balancer,
        "DeleteLoadBalancer": _delete_load_balancer,
        "SetSubnets": _set_subnets,
        "CreateListener": listeners.create_listener,
        "ModifyListener": listeners.modify_listener,
        "CreateRule": listeners.create_rule,
        "ModifyRule": listeners.modify_rule,
        "DeleteRule": listeners.delete_rule,
        "SetRulePriorities": listeners.set_rule_priorities,
        "CreateTargetGroup": _create_target_group,
        "ModifyTargetGroup": _modify_target_group,
        "ModifyTargetGroupAttributes": _modify_target_group_attributes,
        "RegisterTargets": _register_targets,
        "DeregisterTargets": _deregister_targets,
        "DescribeTargetHealth": _describe_target_health,
        "DescribeLoadBalancers": _describe_load_balancers,
        "DescribeRules": _paged,
    }
    model = load_service("elbv2")
    return {
        name: _checked(model.operation_model(name), ours.get(name, lambda context, _: call_moto(context)))
        for name in model.operation_names
    }


def _checked(operation: Any, handler: Handler) -> Handler:
    changes = not operation.name.startswith("Describe")

    def handle(context: Any, request: Any) -> Any:
        if operation.input_shape:
            constraints.check(operation.input_shape, request)
        response = handler(context, request)
        if changes:
            _settle(backend_of(context))
        return response

    return handle


def _settle(backend: Any) -> None:
    """Bring in line what moto leaves as it was.

    It lists rules in the order of their creation, and target groups keep the load balancers that used them once.
    """
    users: dict[str, set[str]] = {}
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            by_priority = sorted(listener._non_default_rules.items(), key=lambda item: int(item[1].priority))
            listener._non_default_rules = dict(by_priority)
            for rule in listener.rules.values():
                for group in (group for action in rule.actions for group in actions.forwarded(action.data)):
                    users.setdefault(group["TargetGroupArn"], set()).add(balancer.arn)
    for arn, group in backend.target_groups.items():
        group.load_balancer_arns = sorted(users.get(arn, ()))
    health.CHECKS.settle(backend)


def _create_load_balancer(context: Any, request: Any) -> Any:
    """The same call again gives the same load balancer; moto makes a second one with the same DNS name."""
    backend, name = backend_of(context), request["Name"]
    for balancer in backend.load_balancers.values():
        if balancer.name == name:
            if getattr(balancer, "settings", None) != balancers.settings(request):
                text = f"A load balancer with the same name '{name}' exists, but with different settings"
                refuse("DuplicateLoadBalancerName", text)
            return _again(context, "DescribeLoadBalancers", {"LoadBalancerArns": [balancer.arn]})
    if request.get("Type", "application") == "application":
        balancers.check_name(name)
        balancers.check_subnets(backend, request)
        balancers.check_security_groups(backend, request.get("SecurityGroups") or [])
    made = call_moto(context)["LoadBalancers"][0]
    balancer = backend.load_balancers[made["LoadBalancerArn"]]
    balancer.settings = balancers.settings(request)
    balancer.scheme = request.get("Scheme") or "internet-facing"
    if balancer.type == "application" and not balancer.security_groups:
        balancer.security_groups = made["SecurityGroups"] = balancers.default_security_groups(backend, balancer.vpc_id)
    balancer.dns_name = balancers.dns_name(name, balancer.scheme, context.region)
    return {"LoadBalancers": [made | {"DNSName": balancer.dns_name, "Scheme": balancer.scheme}]}


def _again(context: Any, operation: str, parameters: Any) -> Any:
    """Describe what is there already."""
    other = copy.copy(context)
    other.operation = load_service("elbv2").operation_model(operation)
    return call_moto_with_request(other, parameters)


def _delete_load_balancer(context: Any, request: Any) -> Any:
    balancer = backend_of(context).load_balancers.get(request["LoadBalancerArn"])
    if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
        text = f"Load balancer '{balancer.arn}' cannot be deleted because deletion protection is enabled"
        refuse("OperationNotPermitted", text)
    return call_moto(context)


def _set_subnets(context: Any, request: Any) -> Any:
    """What holds for the subnets of a new load balancer; of two in one zone moto says that they do not exist."""
    backend = backend_of(context)
    balancer = backend.load_balancers.get(request["LoadBalancerArn"])
    if balancer and balancer.type == "application":
        balancers.check_subnets(backend, request)
    return call_moto(context)


def _create_target_group(context: Any, request: Any) -> Any:
    """The same call again gives the same target group; moto refuses it."""
    backend, settings = backend_of(context), {key: value for key, value in request.items() if key != "Tags"}
    for group in backend.target_groups.values():
        if group.name == request["Name"]:
            if getattr(group, "settings", None) != settings:
                text = f"A target group with the same name '{group.name}' exists, but with different settings"
                refuse("DuplicateTargetGroupName", text)
            return _again(context, "DescribeTargetGroups", {"TargetGroupArns": [group.arn]})
    if request.get("TargetType") == "lambda":
        groups.check_codes(request.get("Matcher"))
    made = call_moto(context)["TargetGroups"][0]
    group = backend.target_groups[made["TargetGroupArn"]]
    group.settings = settings
    if group.target_type == "lambda":
        group.attributes = {groups.MULTI_VALUE: "false"}  # moto adds those of other types
    if group.target_type == "lambda" and not request.get("UnhealthyThresholdCount"):
        group.unhealthy_threshold_count = made["UnhealthyThresholdCount"] = groups.UNHEALTHY_THRESHOLD
    return {"TargetGroups": [made]}


def _group(backend: Any, arn: str) -> Any:
    if arn not in backend.target_groups:
        refuse("TargetGroupNotFound", "One or more target groups not found")
    return backend.target_groups[arn]


def _modify_target_group(context: Any, request: Any) -> Any:
    """Moto changes the codes that count as healthy only for groups with a protocol, and lets a check outlast its interval."""
    group = _group(backend_of(context), request["TargetGroupArn"])
    interval = request.get("HealthCheckIntervalSeconds") or group.health_check_interval_seconds
    timeout = request.get("HealthCheckTimeoutSeconds") or group.health_check_timeout_seconds
    if int(timeout) > int(interval):
        text = f"Health check timeout '{timeout}' must be smaller than or equal to the interval '{interval}'"
        refuse("ValidationError", text)
    if group.target_type == "lambda":
        groups.check_codes(request.get("Matcher"))
    response = call_moto(context)
    if group.target_type == "lambda" and (codes := (request.get("Matcher") or {}).get("HttpCode")):
        group.matcher = response["TargetGroups"][0]["Matcher"] = {"HttpCode": codes}
    return response


def _modify_target_group_attributes(context: Any, request: Any) -> Any:
    group = _group(backend_of(context), request["TargetGroupArn"])
    groups.check_attributes(group, request["Attributes"])
    return call_moto(context)


def _register_targets(context: Any, request: Any) -> Any:
    group = _group(backend_of(context), request["TargetGroupArn"])
    if group.target_type == "lambda":
        groups.check_targets(group, request["Targets"], context.account_id, context.region)
    return call_moto(context)


def _deregister_targets(context: Any, request: Any) -> Any:
    """A target that is not registered is no error; moto makes it one."""
    group = _group(backend_of(context), request["TargetGroupArn"])
    for target in request["Targets"]:
        if registered := group.targets.pop(target["Id"], None):
            group.deregistered_targets[target["Id"]] = registered
    return {}


def _describe_target_health(context: Any, request: Any) -> Any:
    group = _group(backend_of(context), request["TargetGroupArn"])
    if group.target_type != "lambda":
        return call_moto(context)
    ids = [target["Id"] for target in request.get("Targets") or []] or list(group.targets)
    for arn in (arn for arn in ids if Target.of(arn) is None):
        refuse("ValidationError", f"Target ID - {arn} is not valid")
    described = [
        {"Target": {"Id": arn, "AvailabilityZone": "all"}, "TargetHealth": health.CHECKS.health(group, arn)}
        for arn in ids
    ]
    return {"TargetHealthDescriptions": described}


def _describe_load_balancers(context: Any, request: Any) -> Any:
    """After one that is there, moto does not notice one that is not."""
    there = list(backend_of(context).load_balancers.values())
    names, arns = {one.name for one in there}, {one.arn for one in there}
    if missing := [name for name in request.get("Names") or [] if name not in names]:
        refuse("LoadBalancerNotFound", f"Load balancers '[{', '.join(missing)}]' not found")
    if not arns.issuperset(request.get("LoadBalancerArns") or []):
        refuse("LoadBalancerNotFound", "One or more load balancers not found")
    return _paged(context, request)


def _paged(context: Any, request: Any) -> Any:
    """Moto looks for the marker in a list, whether it is there or not."""
    try:
        return call_moto(context)
    except ValueError:
        return refuse("ValidationError", f"The marker '{request.get('Marker')}' is not valid")
