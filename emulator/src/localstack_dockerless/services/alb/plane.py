"""What a load balancer does with a request: listener, rule, action.

Its errors are those of
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from __future__ import annotations

import dataclasses
import logging
import re
import secrets
from typing import Any, BinaryIO

from localstack.aws.api import ServiceException

from localstack_dockerless.server.lane import Reply
from localstack_dockerless.server.wire import Head
from localstack_dockerless.services.alb import balancers, event, groups, rules
from localstack_dockerless.services.alb.actions import forwarded
from localstack_dockerless.services.alb.answer import MalformedError
from localstack_dockerless.services.alb.answer import answer as response_of
from localstack_dockerless.services.alb.front import Address
from localstack_dockerless.services.alb.functions import Target
from localstack_dockerless.services.alb.health import payload_of
from localstack_dockerless.services.alb.http import Request, page, phrase, reply

PLACEHOLDER = re.compile(r"#\{(?:protocol|host|port|path|query)\}")
RANDOM = secrets.SystemRandom()
LOG = logging.getLogger(__name__)
BODY_LIMIT = 1024 * 1024  # bytes
SKIPPED_LIMIT = 64 * 1024 * 1024  # bytes of a body that is too large, read so that the client gets to see the answer
LINE_LIMIT, HEADERS_LIMIT = 16 * 1024, 64 * 1024  # bytes


@dataclasses.dataclass(frozen=True)
class Exchange:
    """One request on its way through a load balancer; `backend`, `balancer` and `listener` are moto's."""

    backend: Any
    balancer: Any
    listener: Any
    request: Request
    stream: BinaryIO
    client_port: int

    @property
    def protocol(self) -> str:
        """Of the listener, in lower case."""
        return str(self.listener.protocol).lower()


def answer(address: Address, head: Head, body: BinaryIO, peer: tuple[str, int]) -> Reply:
    """Do what the load balancer would.

    Args:
        address: which one, and the path below it.
        head: the request.
        body: its body, not read yet.
        peer: address and port of the client.
    """
    found = balancers.found(address.name)
    if len(found) != 1:
        number = "No" if not found else "More than one"
        return _unreachable(f"{number} load balancer has the name {address.name}; use the DNS name of one.")
    backend, balancer = found[0]
    listeners = [one for one in list(balancer.listeners.values()) if int(one.port) == address.port]
    if not listeners:
        return _unreachable(f"The load balancer {balancer.name} has no listener on port {address.port}.")
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in head.headers]
    request = Request(head.method, address.path, address.query, headers, client=peer[0])
    exchange = Exchange(backend, balancer, listeners[0], request, body, peer[1])
    return _refusal(head) or _act(exchange)


def _unreachable(sentence: str) -> Reply:
    """On AWS there would be no answer at all, so this one does not look like a load balancer's."""
    body = f"{sentence}\n".encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    return Reply("502 Bad Gateway", headers, body)


def _refusal(head: Head) -> Reply | None:
    """What no rule gets to see."""
    lengths = [len(name) + len(value) for name, value in head.headers]
    if head.method in ("TRACE", "CONNECT"):
        return page(405)
    if len(head.target) > LINE_LIMIT:
        return page(414)
    if max(lengths, default=0) > LINE_LIMIT or sum(lengths) > HEADERS_LIMIT or not head.get(b"host"):
        return page(400)
    return None


def _act(exchange: Exchange) -> Reply:
    actions = [action.data for action in rules.chosen(exchange.listener, exchange.request).actions]
    (final,) = (action for action in actions if action["Type"] in ACTIONS)
    return ACTIONS[final["Type"]](exchange, final)


def _fixed_response(_exchange: Exchange, action: dict[str, Any]) -> Reply:
    configuration = action["FixedResponseConfig"]
    status, body = int(configuration["StatusCode"]), (configuration.get("MessageBody") or "").encode()
    kind = configuration.get("ContentType") or "text/plain"
    return reply(status, phrase(status), [("Content-Type", f"{kind}; charset=utf-8")], body)


def _redirect(exchange: Exchange, action: dict[str, Any]) -> Reply:
    """Each part of the new address is that of the request unless the action says otherwise."""
    configuration, request = action["RedirectConfig"], exchange.request
    parts = {
        "#{protocol}": exchange.protocol,
        "#{host}": request.host,
        "#{port}": str(exchange.listener.port),
        "#{path}": request.path.removeprefix("/"),
        "#{query}": request.query,
    }

    def part(name: str, default: str) -> str:
        text: str = default if configuration.get(name) is None else configuration[name]
        # All at once: what a client has put into its path is none.
        return PLACEHOLDER.sub(lambda found: parts[found[0]], text)

    query = part("Query", "#{query}")
    authority = f"{part('Protocol', '#{protocol}').lower()}://{part('Host', '#{host}')}:{part('Port', '#{port}')}"
    location = f"{authority}{part('Path', '/#{path}')}{'?' if query else ''}{query}"
    return page(int(configuration["StatusCode"].removeprefix("HTTP_")), [("Location", location)])


def _forward(exchange: Exchange, action: dict[str, Any]) -> Reply:
    candidates = forwarded(action)
    weights = [int(candidate.get("Weight", 1)) for candidate in candidates]
    if not any(weights):
        return page(503)
    arn = RANDOM.choices(candidates, weights)[0]["TargetGroupArn"]
    group = exchange.backend.target_groups.get(arn)
    targets = list(group.targets) if group and group.target_type == "lambda" else []
    target = Target.of(targets[0]) if targets else None
    if target is None:
        return page(503)
    return _invoke(exchange, group, target)


def _invoke(exchange: Exchange, group: Any, target: Target) -> Reply:
    """Whatever goes wrong with the function, the client gets 502."""
    request, multi_value = exchange.request, groups.is_multi_value(group)
    if request.get("upgrade"):
        return page(400)
    body = exchange.stream.read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        _skip(exchange.stream)
        return page(413)
    headers = event.forwarded_headers(
        request, exchange.balancer.attrs, exchange.protocol, int(exchange.listener.port), exchange.client_port
    )
    sent = event.event(dataclasses.replace(request, headers=headers, body=body), group.arn, multi_value)
    try:
        return _response(target, group.arn, sent, dict(headers)[event.TRACE], multi_value)
    except (MalformedError, ServiceException) as error:
        LOG.info("502 from %s: %s", target.arn, error)
        return page(502)


def _response(target: Target, group: str, sent: bytes, trace: str, multi_value: bool) -> Reply:
    if not target.allows(group):
        raise MalformedError("no permission to invoke the function")
    response = target.invoke(sent, trace)
    if response.get("FunctionError"):
        raise MalformedError("the function failed")
    return response_of(payload_of(response), multi_value)


def _skip(stream: BinaryIO) -> None:
    left = SKIPPED_LIMIT
    while left > 0 and (content := stream.read(64 * 1024)):
        left -= len(content)


ACTIONS = {"fixed-response": _fixed_response, "redirect": _redirect, "forward": _forward}
