"""Application Load Balancer with Lambda targets

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import base64
import json
import re

import pytest
from balanced import Site, ask, fixed, forward, redirect
from botocore.exceptions import ClientError
from deployed import deployer, events, eventually

GROUPS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html"
FUNCTIONS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"
ERRORS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"
CONDITIONS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html"
ACTIONS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html"
LISTENERS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html"
BALANCERS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
HEALTH = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/check-target-health.html"
FORWARDED = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html"
TRACING = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html"
LIMITS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html"
API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html"
GROUP = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html"
ATTRIBUTE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html"
DEREGISTER = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html"
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def echo(server):
    """The name of a function that answers with its event, or as the header X-Answer asks."""
    made = []
    yield deployer(server.client("lambda"), made)("balanced.py").name
    for function in made:
        function.client.delete_function(FunctionName=function.name)


@pytest.fixture(scope="module")
def shop(server, echo):
    """A load balancer that sends everything to the function: lists of values on port 81, single values on port 80."""
    site = Site(server)
    site.listen(forward(site.serving(echo)))
    site.listen(forward(site.serving(echo, multi_value=True)), port=81)
    yield site
    site.close()


@pytest.fixture
def site(server):
    """A load balancer of the test's own, without a listener."""
    made = Site(server)
    yield made
    made.close()


def many(shop, target="/", **options):
    """A request to the target group with multi-value headers."""
    return ask(shop.server, f"{shop.host}:81", target, **options)


def answering(**answer):
    """The header that tells the function what to answer."""
    return {"X-Answer": json.dumps(answer)}


def refused(code, operation, words="", **parameters):
    """The operation ends with this error."""
    with pytest.raises(ClientError) as failure:
        operation(**parameters)
    error = failure.value.response["Error"]
    assert error["Code"] == code
    assert words in error["Message"]


def arn(site, function):
    return site.functions.get_function_configuration(FunctionName=function)["FunctionArn"]


# Registering a function


@pytest.mark.rule(FUNCTIONS)
def test_a_function_without_permission_for_load_balancers_is_not_registered(site, deploy):
    group, function = site.group(), arn(site, deploy("balanced.py").name)
    words = f"elasticloadbalancing principal does not have permission to invoke {function} from target group {group}"
    register = site.elb.register_targets
    refused("AccessDenied", register, words, TargetGroupArn=group, Targets=[{"Id": function}])


@pytest.mark.rule(FUNCTIONS)
def test_a_permission_without_source_is_for_every_target_group(site, deploy):
    group, function = site.group(), deploy("balanced.py").name
    site.permit(function, None)
    site.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": arn(site, function)}])


@pytest.mark.rule(FUNCTIONS)
def test_a_permission_for_another_target_group_does_not_count(site, deploy):
    group, other, function = site.group(), site.group(), deploy("balanced.py").name
    site.permit(function, other)
    targets = [{"Id": arn(site, function)}]
    refused("AccessDenied", site.elb.register_targets, TargetGroupArn=group, Targets=targets)


@pytest.mark.rule(FUNCTIONS)
def test_an_alias_needs_a_permission_of_its_own(site, deploy):
    function, group = deploy("balanced.py"), site.group()
    version = function.publish()
    alias = site.functions.create_alias(FunctionName=function.name, Name="live", FunctionVersion=version)["AliasArn"]
    site.permit(function.name, group)
    targets = [{"Id": alias}]
    refused("AccessDenied", site.elb.register_targets, TargetGroupArn=group, Targets=targets)
    site.permit(function.name, group, qualifier="live")
    site.elb.register_targets(TargetGroupArn=group, Targets=targets)
    site.listen(forward(group))
    assert site.ask().status == 200


@pytest.mark.rule(FUNCTIONS)
def test_a_target_group_has_one_function(site, echo, deploy):
    group, other = site.serving(echo), deploy("balanced.py").name
    site.permit(other, group)
    targets = [{"Id": arn(site, other)}]
    refused("TooManyTargets", site.elb.register_targets, TargetGroupArn=group, Targets=targets)
    site.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": arn(site, echo)}])


@pytest.mark.rule(FUNCTIONS)
@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("arn:aws:lambda:us-east-1:000000000000:function:absent", "InvalidTarget"),
        ("arn:aws:lambda:eu-west-1:000000000000:function:absent", "InvalidTarget"),
        ("arn:aws:lambda:us-east-1:111122223333:function:absent", "InvalidTarget"),
        ("i-0123456789abcdef0", "ValidationError"),
        ("absent", "ValidationError"),
    ],
)
def test_a_target_is_the_arn_of_a_function_of_the_same_account_and_region(site, target, code):
    refused(code, site.elb.register_targets, TargetGroupArn=site.group(), Targets=[{"Id": target}])


@pytest.mark.rule(DEREGISTER)
def test_deregistering_what_is_not_registered_succeeds(site, echo):
    group, targets = site.serving(echo), [{"Id": arn(site, echo)}]
    for _ in range(2):
        site.elb.deregister_targets(TargetGroupArn=group, Targets=targets)
    assert site.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"] == []


# Target groups


@pytest.mark.rule(GROUP)
@pytest.mark.parametrize("options", [{"Protocol": "HTTP"}, {"Port": 80}, {"VpcId": "vpc-1"}])
def test_protocol_port_and_vpc_do_not_go_with_functions(site, options):
    create = site.elb.create_target_group
    refused("ValidationError", create, "'lambda'", Name="unwanted", TargetType="lambda", **options)


@pytest.mark.rule(GROUP)
def test_health_checks_of_functions_are_off_with_defaults_of_their_own(site):
    group = site.elb.describe_target_groups(TargetGroupArns=[site.group()])["TargetGroups"][0]
    expected = {
        "HealthCheckEnabled": False,
        "HealthCheckIntervalSeconds": 35,
        "HealthCheckTimeoutSeconds": 30,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 5,
        "Matcher": {"HttpCode": "200"},
    }
    assert expected.items() <= group.items()


@pytest.mark.rule(GROUP)
@pytest.mark.parametrize(
    "options", [{"HealthCheckIntervalSeconds": 301}, {"HealthCheckTimeoutSeconds": 121}, {"HealthyThresholdCount": 11}]
)
def test_settings_of_health_checks_have_ranges(site, options):
    create = site.elb.create_target_group
    refused("ValidationError", create, "failed to satisfy constraint", Name="range", TargetType="lambda", **options)


@pytest.mark.rule(GROUP)
def test_a_name_is_given_to_one_target_group(site):
    create, name = site.elb.create_target_group, f"{site.balancer['LoadBalancerName']}-twice"
    first = create(Name=name, TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    site.groups.append(first)
    assert create(Name=name, TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"] == first
    refused("DuplicateTargetGroupName", create, Name=name, TargetType="lambda", HealthCheckEnabled=True)


@pytest.mark.rule(ATTRIBUTE)
def test_multi_value_headers_are_the_one_attribute_for_functions_and_off(site):
    attributes = site.elb.describe_target_group_attributes(TargetGroupArn=site.group())["Attributes"]
    assert attributes == [{"Key": "lambda.multi_value_headers.enabled", "Value": "false"}]


@pytest.mark.rule(ATTRIBUTE)
@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("lambda.multi_value_headers.enabled", "maybe", "ValidationError"),
        ("foo.bar", "true", "ValidationError"),
        ("deregistration_delay.timeout_seconds", "10", "InvalidConfigurationRequest"),
        ("stickiness.enabled", "true", "InvalidConfigurationRequest"),
    ],
)
def test_other_attributes_and_values_are_refused(site, key, value, code):
    modify, attributes = site.elb.modify_target_group_attributes, [{"Key": key, "Value": value}]
    refused(code, modify, TargetGroupArn=site.group(), Attributes=attributes)


@pytest.mark.rule(GROUPS)
def test_a_target_group_belongs_to_one_load_balancer(server, site, echo):
    group, other = site.serving(echo), Site(server)
    site.listen(forward(group))
    with pytest.raises(ClientError, match="TargetGroupAssociationLimit"):
        other.listen(forward(group))
    other.close()


# Load balancers and listeners


@pytest.mark.rule(BALANCERS)
def test_a_load_balancer_has_subnets_in_two_zones(site):
    create, subnets = site.elb.create_load_balancer, site.subnets
    refused("ValidationError", create, "two different Availability Zones", Name="one", Subnets=subnets[:1])
    refused("InvalidConfigurationRequest", create, "same Availability Zone", Name="twice", Subnets=[subnets[0]] * 2)
    refused("SubnetNotFound", create, Name="missing", Subnets=[subnets[0], "subnet-0123456789abcdef0"])


@pytest.mark.rule(API)
@pytest.mark.parametrize("name", ["internal-site", "-site", "site-", "my_site", "s" * 33])
def test_a_name_has_32_letters_digits_or_hyphens(site, name):
    refused("ValidationError", site.elb.create_load_balancer, name, Name=name, Subnets=site.subnets)


@pytest.mark.rule(API)
def test_a_name_is_given_to_one_load_balancer(site):
    name = site.balancer["LoadBalancerName"]
    assert site.make(name)["LoadBalancerArn"] == site.arn
    with pytest.raises(ClientError, match="DuplicateLoadBalancerName"):
        site.make(name, Scheme="internal")


@pytest.mark.rule(BALANCERS)
def test_every_load_balancer_has_a_dns_name_of_its_own(server, site):
    pattern = re.escape(site.balancer["LoadBalancerName"]) + r"-\d+\.us-east-1\.elb\.amazonaws\.com"
    assert re.fullmatch(pattern, site.host)
    elsewhere = Site(server, "333344445555")
    again = elsewhere.make(site.balancer["LoadBalancerName"])
    assert again["DNSName"] != site.host
    elsewhere.elb.delete_load_balancer(LoadBalancerArn=again["LoadBalancerArn"])
    elsewhere.close()


@pytest.mark.rule(API)
def test_an_internal_load_balancer_says_so_in_its_name(site):
    made = site.make(f"{site.balancer['LoadBalancerName']}-in", Scheme="internal")
    assert made["DNSName"].startswith(f"internal-{made['LoadBalancerName']}-")
    site.elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])


@pytest.mark.rule(LISTENERS)
def test_a_port_has_one_listener(site):
    site.listen(fixed("one"))
    with pytest.raises(ClientError, match="DuplicateListener"):
        site.listen(fixed("two"))


@pytest.mark.rule(LISTENERS)
def test_certificates_and_policies_go_with_https(site):
    create = site.elb.create_listener
    common = {"LoadBalancerArn": site.arn, "Port": 80, "DefaultActions": [fixed("x")]}
    certificates = [{"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/x"}]
    refused("ValidationError", create, "SSL policy", Protocol="HTTP", SslPolicy="ELBSecurityPolicy-2016-08", **common)
    refused("ValidationError", create, "certificate", Protocol="HTTP", Certificates=certificates, **common)
    refused("ValidationError", create, "certificate", Protocol="HTTPS", **common)
    listener = site.elb.describe_listeners(ListenerArns=[site.listen(fixed("x"))])["Listeners"][0]
    assert "SslPolicy" not in listener


@pytest.mark.rule(LISTENERS)
def test_requests_go_to_the_listener_of_their_port(site):
    site.listen(fixed("eighty"))
    site.listen(fixed("other"), port=8080)
    assert site.ask().body == b"eighty"
    assert ask(site.server, f"{site.host}:8080").body == b"other"


# The event


@pytest.mark.rule(FUNCTIONS)
def test_the_event_has_the_request(shop):
    event = shop.ask("/a?b=c", method="POST", body=b"hello", headers={"Content-Type": "text/plain"}).event
    assert event.keys() == {
        *("requestContext", "httpMethod", "path", "queryStringParameters", "headers", "body", "isBase64Encoded"),
    }
    assert event["requestContext"] == {"elb": {"targetGroupArn": shop.groups[0]}}
    assert (event["httpMethod"], event["path"], event["body"]) == ("POST", "/a", "hello")
    assert (event["queryStringParameters"], event["isBase64Encoded"]) == ({"b": "c"}, False)


@pytest.mark.rule(FUNCTIONS)
def test_names_of_headers_are_in_lower_case(shop):
    assert shop.ask(headers={"X-Mixed-Case": "Value"}).event["headers"]["x-mixed-case"] == "Value"


@pytest.mark.rule(FUNCTIONS)
def test_path_and_query_are_not_decoded(shop):
    event = shop.ask("/a%20b?x%5B%5D=%C3%A4&plus=a+b&empty=&bare").event
    assert event["path"] == "/a%20b"
    assert event["queryStringParameters"] == {"x%5B%5D": "%C3%A4", "plus": "a+b", "empty": "", "bare": ""}


@pytest.mark.rule(FUNCTIONS)
def test_of_several_values_the_last_one_counts(shop):
    event = shop.ask("/?a=1&a=2", headers=[("Cookie", "one"), ("Cookie", "two")]).event
    assert event["queryStringParameters"] == {"a": "2"}
    assert event["headers"]["cookie"] == "two"


@pytest.mark.rule(FUNCTIONS)
def test_with_multi_value_headers_all_values_come_as_lists_and_nothing_else(shop):
    event = many(shop, "/?a=1&b=x&a=2", headers=[("Cookie", "one"), ("Cookie", "two")]).event
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["x"]}
    assert event["multiValueHeaders"]["cookie"] == ["one", "two"]
    assert not event.keys() & {"headers", "queryStringParameters"}


@pytest.mark.rule(FUNCTIONS)
@pytest.mark.parametrize(
    "kind", ["text/plain", "text/css; charset=utf-8", "application/json", "application/javascript", "application/xml"]
)
def test_the_body_of_a_text_comes_as_it_is(shop, kind):
    event = shop.ask(method="POST", body="ü".encode(), headers={"Content-Type": kind}).event
    assert (event["body"], event["isBase64Encoded"]) == ("ü", False)


@pytest.mark.rule(FUNCTIONS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/octet-stream"},
        {"Content-Type": "image/png"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "text/plain", "Content-Encoding": "identity"},
        {},
    ],
)
def test_any_other_body_comes_in_base64_and_so_does_an_encoded_one(shop, headers):
    event = shop.ask(method="POST", body=b"\x00\xff", headers=headers).event
    assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(b"\x00\xff").decode(), True)


@pytest.mark.rule(FORWARDED)
def test_the_load_balancer_says_who_asked_and_how(shop):
    headers = many(shop, headers={"X-Forwarded-Proto": "https", "X-Forwarded-Port": "443"}).event["multiValueHeaders"]
    assert headers["x-forwarded-for"] == ["127.0.0.1"]
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == (["http"], ["81"])


@pytest.mark.rule(FORWARDED)
@pytest.mark.parametrize(
    ("mode", "expected"), [("append", "203.0.113.7, 127.0.0.1"), ("preserve", "203.0.113.7"), ("remove", None)]
)
def test_the_client_is_appended_to_those_before_it_unless_set_otherwise(site, echo, mode, expected):
    site.listen(forward(site.serving(echo)))
    attribute = {"Key": "routing.http.xff_header_processing.mode", "Value": mode}
    site.elb.modify_load_balancer_attributes(LoadBalancerArn=site.arn, Attributes=[attribute])
    headers = site.ask(headers={"X-Forwarded-For": "203.0.113.7"}).event["headers"]
    assert headers.get("x-forwarded-for") == expected


ID = r"1-[0-9a-f]{8}-[0-9a-f]{24}"


@pytest.mark.rule(TRACING)
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, rf"Root={ID}"),
        ("Root=1-67891233-abcdef012345678912345678", rf"Self={ID};Root=1-67891233-abcdef012345678912345678"),
        ("Self=1-2-3;Root=1-67891233-abcdef012345678912345678", rf"Self={ID};Root=1-67891233-abcdef012345678912345678"),
        ("CalledFrom=app", rf"Root={ID};CalledFrom=app"),
    ],
)
def test_every_request_can_be_traced(shop, given, expected):
    headers = {"X-Amzn-Trace-Id": given} if given else {}
    assert re.fullmatch(expected, shop.ask(headers=headers).event["headers"]["x-amzn-trace-id"])


# The answer


@pytest.mark.rule(FUNCTIONS)
def test_status_headers_and_body_are_the_functions(shop):
    raw = {
        "isBase64Encoded": False,
        "statusCode": 418,
        "statusDescription": "418 Short and stout",
        "headers": {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": "a=b"},
        "body": "ü",
    }
    response = shop.ask(headers=answering(raw=raw))
    assert (response.status, response.reason, response.body) == (418, "Short and stout", "ü".encode())
    assert response.get("content-type") == "text/html; charset=utf-8"
    assert response.get("set-cookie") == "a=b"


@pytest.mark.rule(FUNCTIONS)
def test_binary_content_goes_in_base64(shop):
    raw = {"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(b"\x00\xff").decode()}
    assert shop.ask(headers=answering(raw=raw)).body == b"\x00\xff"


@pytest.mark.rule(FUNCTIONS)
def test_the_body_may_be_missing_and_the_length_is_computed(shop):
    headers = {"Content-Length": "17", "Connection": "close", "Transfer-Encoding": "chunked"}
    response = shop.ask(headers=answering(raw={"statusCode": 200, "headers": headers}))
    assert (response.status, response.body, response.get("content-length")) == (200, b"", "0")
    assert not response.all("transfer-encoding")
    assert not response.all("connection")


@pytest.mark.rule(FUNCTIONS)
def test_with_multi_value_headers_each_value_is_a_header(shop):
    raw = {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}}
    assert many(shop, headers=answering(raw=raw)).all("set-cookie") == ["a=1", "b=2"]


@pytest.mark.rule(FUNCTIONS)
def test_headers_of_the_other_form_do_not_count(shop):
    both = {"statusCode": 200, "headers": {"X-One": "1"}, "multiValueHeaders": {"X-Many": ["2"]}}
    single, multi = (send(headers=answering(raw=both)) for send in (shop.ask, lambda **options: many(shop, **options)))
    assert (single.get("x-one"), single.get("x-many")) == ("1", None)
    assert (multi.get("x-one"), multi.get("x-many")) == (None, "2")


@pytest.mark.rule(ERRORS)
@pytest.mark.parametrize(
    "raw",
    [
        *("text", None, 7, [], {}, {"body": "no status"}, {"statusCode": "200"}, {"statusCode": 99}),
        *({"statusCode": 200, "headers": headers} for headers in (None, [], {"a": True}, {"a": None}, {"a b": "c"})),
        *({"statusCode": 200, "body": body} for body in (None, {"a": 1}, 7)),
        {"statusCode": 200, "statusDescription": None},
        {"statusCode": 200, "isBase64Encoded": True, "body": "?"},
        {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
        {"statusCode": 200, "headers": {"a": "b" * 33_000}},
    ],
    ids=repr,
)
def test_a_malformed_response_is_a_bad_gateway(shop, raw):
    response = shop.ask(headers=answering(raw=raw)) if len(repr(raw)) < 10_000 else _posted(shop, raw)
    assert (response.status, response.reason, response.get("server")) == (502, "Bad Gateway", "awselb/2.0")


def _posted(shop, raw):
    """The answer to ask for is too long for one header of a request."""
    (name, value), *_ = raw["headers"].items()
    return shop.ask(headers=answering(header=name, length=len(value)))


@pytest.mark.rule(ERRORS)
def test_a_function_that_fails_is_a_bad_gateway(shop):
    response = shop.ask(headers=answering(**{"raise": "no"}))
    assert (response.status, response.get("content-type")) == (502, "text/html")
    assert b"<h1>502 Bad Gateway</h1>" in response.body


@pytest.mark.rule(ERRORS)
def test_a_function_that_times_out_is_a_bad_gateway(site, deploy):
    site.listen(forward(site.serving(deploy("balanced.py", Timeout=1).name)))
    assert site.ask(headers=answering(sleep=30)).status == 502


@pytest.mark.rule(ERRORS)
def test_a_function_that_is_throttled_is_a_bad_gateway(site, deploy):
    function = deploy("balanced.py").name
    site.listen(forward(site.serving(function)))
    site.functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    assert site.ask().status == 502


@pytest.mark.rule(ERRORS)
def test_a_function_whose_permission_is_gone_is_a_bad_gateway(site, deploy):
    function = deploy("balanced.py").name
    site.listen(forward(site.serving(function)))
    policy = json.loads(site.functions.get_policy(FunctionName=function)["Policy"])
    site.functions.remove_permission(FunctionName=function, StatementId=policy["Statement"][0]["Sid"])
    assert site.ask().status == 502


@pytest.mark.rule(ERRORS)
def test_a_target_group_without_a_function_is_unavailable(site):
    site.listen(forward(site.group()))
    response = site.ask()
    assert (response.status, response.reason) == (503, "Service Temporarily Unavailable")


@pytest.mark.rule(FUNCTIONS)
@pytest.mark.parametrize(("size", "status"), [(MEGABYTE, 200), (MEGABYTE + 1, 413), (5 * MEGABYTE, 413)])
def test_the_body_of_a_request_has_at_most_a_megabyte(shop, size, status):
    headers = {"Content-Type": "text/plain", **answering(raw={"statusCode": 200})}
    assert shop.ask(method="POST", body=b"x" * size, headers=headers).status == status


@pytest.mark.rule(FUNCTIONS)
@pytest.mark.parametrize(("size", "status"), [(MEGABYTE, 200), (MEGABYTE + 1, 502)])
def test_the_json_of_a_response_has_at_most_a_megabyte(shop, size, status):
    assert shop.ask(headers=answering(size=size)).status == status


@pytest.mark.rule(FUNCTIONS)
def test_upgrades_to_websockets_are_refused(shop):
    assert shop.ask(headers={"Connection": "Upgrade", "Upgrade": "websocket"}).status == 400


@pytest.mark.rule(ERRORS)
def test_the_method_trace_is_not_allowed(shop):
    assert shop.ask(method="TRACE").status == 405


@pytest.mark.rule(LIMITS)
def test_request_line_and_headers_have_limits(shop):
    assert shop.ask(f"/{'x' * 17_000}").status == 414
    assert shop.ask(headers={"X-Long": "x" * 17_000}).status == 400
    assert shop.ask(headers={f"X-{number}": "x" * 15_000 for number in range(5)}).status == 400


# Rules


def pattern(*values):
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}


def header(name, *values):
    return {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": list(values)}}


def parameter(value, key=None):
    pair = {"Value": value} | ({"Key": key} if key else {})
    return {"Field": "query-string", "QueryStringConfig": {"Values": [pair]}}


def host(*values):
    return {"Field": "host-header", "HostHeaderConfig": {"Values": list(values)}}


def method(*values):
    return {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": list(values)}}


def source(*values):
    return {"Field": "source-ip", "SourceIpConfig": {"Values": list(values)}}


@pytest.mark.rule(CONDITIONS)
@pytest.mark.parametrize(
    ("condition", "request_", "meets"),
    [
        (pattern("/img/*"), {"target": "/img/a/b"}, True),
        (pattern("/img/*"), {"target": "/IMG/a"}, False),
        (pattern("/img/*"), {"target": "/img"}, False),
        (pattern("/a?c"), {"target": "/abc"}, True),
        (pattern("/a?c"), {"target": "/ac"}, False),
        (pattern("/a"), {"target": "/a?b=c"}, True),
        (pattern("/[a]"), {"target": "/a"}, False),
        (pattern("/x", "/y"), {"target": "/y"}, True),
        (host("*.example.com"), {"headers": {"Host": "Shop.Example.COM:80"}}, True),
        (host("*.example.com"), {"headers": {"Host": "example.com"}}, False),
        (header("User-Agent", "*chrome*"), {"headers": {"user-agent": "a Chrome b"}}, True),
        (header("X-Kind", "a"), {"headers": [("X-Kind", "b"), ("X-Kind", "a")]}, True),
        (header("X-Kind", "a"), {}, False),
        (method("GET", "HEAD"), {"method": "HEAD"}, True),
        (method("POST"), {}, False),
        (parameter("v1", "version"), {"target": "/?x=1&Version=V1"}, True),
        (parameter("v1", "version"), {"target": "/?other=v1"}, False),
        (parameter("*ex*"), {"target": "/?any=text"}, True),
        (parameter("\\*"), {"target": "/?any=*"}, True),
        (parameter("\\*"), {"target": "/?any=text"}, False),
        (source("10.0.0.0/8", "127.0.0.0/8"), {}, True),
        (source("10.0.0.0/8"), {"headers": {"X-Forwarded-For": "10.1.2.3"}}, False),
    ],
)
def test_a_condition_is_met_by_one_of_its_values(site, condition, request_, meets):
    site.rule(site.listen(fixed("default", 404)), 1, fixed("rule"), condition)
    assert site.ask(**request_).status == (200 if meets else 404)


@pytest.mark.rule(CONDITIONS)
def test_a_rule_needs_all_its_conditions(site):
    listener = site.listen(fixed("default"))
    site.rule(listener, 1, fixed("rule"), pattern("/a*"), parameter("1", "x"))
    assert [site.ask(target).body for target in ("/a?x=1", "/a", "/b?x=1")] == [b"rule", b"default", b"default"]


@pytest.mark.rule(LISTENERS)
def test_the_rule_of_the_lowest_priority_wins_whenever_it_was_made(site):
    listener = site.listen(fixed("default"))
    late = site.rule(listener, 20, fixed("late"), pattern("/*"))
    site.rule(listener, 3, fixed("early"), pattern("/a*"))
    assert [site.ask(target).body for target in ("/a", "/b")] == [b"early", b"late"]
    priorities = [rule["Priority"] for rule in site.elb.describe_rules(ListenerArn=listener)["Rules"]]
    assert priorities == ["3", "20", "default"]
    site.elb.set_rule_priorities(RulePriorities=[{"RuleArn": late, "Priority": 1}])
    assert site.ask("/a").body == b"late"


@pytest.mark.rule(CONDITIONS)
def test_a_rule_has_at_most_five_values(site):
    listener = site.listen(fixed("default"))
    conditions = [pattern("/1", "/2", "/3"), host("a.b", "b.c", "c.d")]
    with pytest.raises(ClientError, match="ValidationError"):
        site.rule(listener, 1, fixed("rule"), *conditions)


@pytest.mark.rule(ACTIONS)
def test_a_fixed_response_is_given_without_a_target(site):
    action = fixed('{"a": 1}', 503)
    action["FixedResponseConfig"]["ContentType"] = "application/json"
    site.listen(action)
    response = site.ask()
    assert (response.status, response.body, response.get("server")) == (503, b'{"a": 1}', "awselb/2.0")
    assert response.get("content-type").startswith("application/json")


@pytest.mark.rule(ACTIONS)
@pytest.mark.parametrize(
    ("parts", "location"),
    [
        ({"Protocol": "HTTPS", "Port": "443"}, "https://{host}:443/a/b?c=d"),
        ({"Host": "example.com", "Path": "/new/#{path}"}, "http://example.com:80/new/a/b?c=d"),
        ({"Path": "/#{host}/#{port}", "Query": ""}, "http://{host}:80/{host}/80"),
        ({"Query": "old=#{query}&proto=#{protocol}"}, "http://{host}:80/a/b?old=c=d&proto=http"),
    ],
)
def test_a_redirect_keeps_what_it_does_not_change(site, parts, location):
    site.listen(redirect(**parts))
    response = site.ask("/a/b?c=d")
    assert (response.status, response.reason) == (302, "Found")
    assert response.get("location") == location.format(host=site.host)


@pytest.mark.rule(ACTIONS)
def test_a_redirect_to_itself_is_refused(site):
    with pytest.raises(ClientError, match=r"InvalidLoadBalancerAction.*loop"):
        site.listen(redirect(Host="#{host}"))


@pytest.mark.rule(ACTIONS)
def test_weights_share_out_requests(site, echo):
    one, none, empty = site.serving(echo), site.serving(echo), site.group()
    listener = site.listen(forward(one, none, weights=(1, 0)))
    served = {site.ask().event["requestContext"]["elb"]["targetGroupArn"] for _ in range(20)}
    assert served == {one}
    both = [forward(one, none, weights=(1, 1))]
    site.elb.modify_listener(ListenerArn=listener, DefaultActions=both)
    # Each request misses one of them with a probability of one half; forty in a row do not.
    served = {site.ask().event["requestContext"]["elb"]["targetGroupArn"] for _ in range(40)}
    assert served == {one, none}
    site.elb.modify_listener(ListenerArn=listener, DefaultActions=[forward(empty, one, weights=(1, 0))])
    assert site.ask().status == 503


@pytest.mark.rule(ACTIONS)
def test_an_action_needs_target_groups_that_exist(site):
    absent = site.groups.pop() if site.groups else site.arn.replace("loadbalancer/app", "targetgroup")
    with pytest.raises(ClientError, match="TargetGroupNotFound"):
        site.listen(forward(absent))
    listener = site.listen(fixed("x"))
    refused("TargetGroupNotFound", site.elb.modify_listener, ListenerArn=listener, DefaultActions=[forward(absent)])


@pytest.mark.rule(GROUPS)
def test_a_target_group_in_use_is_not_deleted(site, echo):
    group = site.serving(echo)
    site.rule(site.listen(fixed("x")), 1, forward(group), pattern("/a"))
    refused("ResourceInUse", site.elb.delete_target_group, TargetGroupArn=group)


# Health


def state(site, group):
    health = site.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0]["TargetHealth"]
    return health["State"], health.get("Reason")


@pytest.mark.rule(HEALTH)
def test_a_target_group_without_a_listener_is_unused(site, echo):
    group = site.serving(echo, HealthCheckEnabled=True)
    assert state(site, group) == ("unused", "Target.NotInUse")


@pytest.mark.rule(HEALTH)
def test_without_health_checks_nothing_is_known(site, echo):
    group = site.serving(echo)
    site.listen(forward(group))
    assert state(site, group) == ("unavailable", "Target.HealthCheckDisabled")


@pytest.mark.rule(HEALTH)
def test_what_is_not_registered_is_unused(site, echo):
    group, targets = site.group(), [{"Id": arn(site, echo)}]
    health = site.elb.describe_target_health(TargetGroupArn=group, Targets=targets)["TargetHealthDescriptions"][0]
    assert health["TargetHealth"]["Reason"] == "Target.NotRegistered"


@pytest.mark.rule(FUNCTIONS)
def test_a_health_check_is_an_event_with_its_own_user_agent(server, site, deploy):
    function = deploy("balanced.py")
    group = site.serving(function.name, HealthCheckEnabled=True)
    site.listen(forward(group))
    eventually(lambda: state(site, group) == ("healthy", None))
    line = next(line for line in (e["message"] for e in events(server, function)) if line.startswith("checked "))
    event = json.loads(line.removeprefix("checked "))
    assert event == {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": "GET",
        "path": "/",
        "queryStringParameters": {},
        "headers": {"user-agent": "ELB-HealthChecker/2.0"},
        "body": "",
        "isBase64Encoded": False,
    }
