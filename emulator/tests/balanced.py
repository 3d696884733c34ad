"""A load balancer with a function behind it, and a client that reaches it through the server as a proxy."""

from __future__ import annotations

import http.client
import itertools
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

NUMBERS = itertools.count(1)


@dataclass
class Response:
    """What a client got."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    def get(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)

    @property
    def event(self) -> Any:
        return json.loads(self.body)


def ask(
    server: Any, host: str, target: str = "/", method: str = "GET", body: Any = None, headers: Any = ()
) -> Response:
    """One request; what the server gets as target is a whole URL unless the host is empty."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    pairs = list(headers.items()) if isinstance(headers, dict) else list(headers)
    connection.putrequest(
        method, f"http://{host}{target}" if host else target, skip_host=True, skip_accept_encoding=True
    )
    if not any(name.lower() == "host" for name, _ in pairs):
        pairs.insert(0, ("Host", host or f"127.0.0.1:{server.port}"))
    if body is not None:
        pairs.append(("Content-Length", str(len(body))))
    for name, value in pairs:
        connection.putheader(name, value)
    connection.endheaders(body)
    raw = connection.getresponse()
    response = Response(raw.status, raw.reason, raw.getheaders(), raw.read())
    connection.close()
    return response


@cache
def client(server: Any, service: str, account: str) -> Any:
    """Made once: reading the model of EC2 takes half a second."""
    return server.client(service, account)


class Site:
    """A load balancer, and what stands around it, made as they are needed and gone afterwards."""

    def __init__(self, server: Any, account: str = "000000000000") -> None:
        self.server, self.elb = server, client(server, "elbv2", account)
        self.functions = client(server, "lambda", account)
        subnets = client(server, "ec2", account).describe_subnets()["Subnets"]
        zones = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in subnets if subnet["DefaultForAz"]}
        self.subnets = [zones[zone] for zone in sorted(zones)][:2]
        self.listeners: list[str] = []
        self.groups: list[str] = []
        self.balancer = self.make(f"site-{next(NUMBERS)}")
        self.arn, self.host = self.balancer["LoadBalancerArn"], self.balancer["DNSName"]

    def make(self, name: str, **options: Any) -> dict[str, Any]:
        made = self.elb.create_load_balancer(Name=name, **{"Subnets": self.subnets, **options})
        return dict(made["LoadBalancers"][0])

    def group(self, **options: Any) -> str:
        made = self.elb.create_target_group(Name=f"group-{next(NUMBERS)}", TargetType="lambda", **options)
        self.groups.append(made["TargetGroups"][0]["TargetGroupArn"])
        return self.groups[-1]

    def permit(self, function: str, group: str | None, qualifier: str = "") -> None:
        options = {"SourceArn": group} if group else {}
        self.functions.add_permission(
            FunctionName=function,
            StatementId=f"statement-{next(NUMBERS)}",
            Action="lambda:InvokeFunction",
            Principal="elasticloadbalancing.amazonaws.com",
            **options,
            **({"Qualifier": qualifier} if qualifier else {}),
        )

    def serving(self, function: str, multi_value: bool = False, **options: Any) -> str:
        """A target group with the function registered."""
        group = self.group(**options)
        self.permit(function, group)
        arn = self.functions.get_function_configuration(FunctionName=function)["FunctionArn"]
        self.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": arn}])
        if multi_value:
            attribute = {"Key": "lambda.multi_value_headers.enabled", "Value": "true"}
            self.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[attribute])
        return group

    def listen(self, *actions: dict[str, Any], port: int = 80) -> str:
        made = self.elb.create_listener(LoadBalancerArn=self.arn, Protocol="HTTP", Port=port, DefaultActions=actions)
        self.listeners.append(made["Listeners"][0]["ListenerArn"])
        return self.listeners[-1]

    def rule(self, listener: str, priority: int, action: dict[str, Any], *conditions: dict[str, Any]) -> str:
        made = self.elb.create_rule(ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=[action])
        return str(made["Rules"][0]["RuleArn"])

    def ask(self, target: str = "/", **options: Any) -> Response:
        return ask(self.server, self.host, target, **options)

    def close(self) -> None:
        for listener in self.listeners:
            self.elb.delete_listener(ListenerArn=listener)
        self.elb.delete_load_balancer(LoadBalancerArn=self.arn)
        for group in self.groups:
            self.elb.delete_target_group(TargetGroupArn=group)


def forward(*groups: str, weights: tuple[int, ...] = ()) -> dict[str, Any]:
    """An action that forwards."""
    if len(groups) == 1 and not weights:
        return {"Type": "forward", "TargetGroupArn": groups[0]}
    pairs = zip(groups, weights, strict=True)
    return {
        "Type": "forward",
        "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": weight} for group, weight in pairs]},
    }


def fixed(text: str, status: int = 200) -> dict[str, Any]:
    """An action that answers with a text."""
    return {
        "Type": "fixed-response",
        "FixedResponseConfig": {"StatusCode": str(status), "ContentType": "text/plain", "MessageBody": text},
    }


def redirect(**parts: str) -> dict[str, Any]:
    """An action that redirects."""
    return {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", **parts}}
