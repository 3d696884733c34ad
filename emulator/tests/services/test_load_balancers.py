"""Load balancers: how they are reached, what of moto is corrected, and what runs behind them."""

from __future__ import annotations

import gzip
import http.client
import json
import subprocess
import sys
import urllib.request
from types import SimpleNamespace

import pytest
from balanced import Site, ask, fixed, forward, redirect
from botocore.exceptions import ClientError
from deployed import deployer, eventually
from localstack_dockerless.server import reset
from localstack_dockerless.server.wire import Head, ProtocolError
from localstack_dockerless.services.alb import answer, event, health, rules
from localstack_dockerless.services.alb.front import Address, addressed
from localstack_dockerless.services.alb.http import Request

NAME = "site-1.us-east-1.elb.amazonaws.com"


@pytest.fixture(scope="module")
def echo(server):
    """The name of a function that answers with its event, or as the header X-Answer asks."""
    made = []
    yield deployer(server.client("lambda"), made)("balanced.py").name
    for function in made:
        function.client.delete_function(FunctionName=function.name)


@pytest.fixture
def site(server):
    """A load balancer of the test's own, without a listener."""
    made = Site(server)
    yield made
    made.close()


@pytest.fixture
def shop(site, echo):
    """The same, sending everything to the function."""
    site.listen(forward(site.serving(echo)))
    return site


def refused(code, operation, words="", **parameters):
    """The operation ends with this error."""
    with pytest.raises(ClientError) as failure:
        operation(**parameters)
    error = failure.value.response["Error"]
    assert error["Code"] == code
    assert words in error["Message"]


# Reaching one


@pytest.mark.parametrize(
    ("target", "host", "expected"),
    [
        (f"http://{NAME}/a?b", "other", Address(NAME, 80, "/a", "b")),
        (f"http://{NAME}", "other", Address(NAME, 80, "/", "")),
        (f"http://{NAME.upper()}:81/a", "other", Address(NAME, 81, "/a", "")),
        (f"http://{NAME}:4566/a", "other", Address(NAME, 80, "/a", "")),
        ("/a//b?c=http://d", NAME, Address(NAME, 80, "/a//b", "c=http://d")),
        ("/a", f"{NAME}:8080", Address(NAME, 8080, "/a", "")),
        ("/_aws/elb/Site/a/b?c", "127.0.0.1:4566", Address("Site", 80, "/a/b", "c")),
        ("/_aws/elb/site:81", "127.0.0.1:4566", Address("site", 81, "/", "")),
        (f"/_aws/elb/{NAME}/", "shop.example.com", Address(NAME, 80, "/", "")),
        ("http://example.com/_aws/elb/site/", "other", None),
        ("/2015-03-31/functions", "127.0.0.1:4566", None),
        ("/", f"{NAME}.example.com", None),
        (f"HTTP://{NAME}?a", "other", Address(NAME, 80, "/", "a")),
        ("http://[x/", "other", None),
        ("/", "", None),
    ],
)
def test_a_load_balancer_is_named_by_url_path_or_host(monkeypatch, target, host, expected):
    monkeypatch.setenv("DOCKERLESS_PORT", "4566")
    assert addressed(Head("GET", target, "HTTP/1.1", [(b"Host", host.encode())])) == expected


@pytest.mark.parametrize("port", ["x", "-1", "9" * 5000])
def test_a_port_that_is_none_ends_the_connection(port):
    with pytest.raises(ProtocolError, match="port"):
        addressed(Head("GET", f"http://{NAME}:{port}/", "HTTP/1.1", []))


def test_it_is_reached_by_proxy_host_and_path(server, shop):
    proxy = urllib.request.build_opener(urllib.request.ProxyHandler({"http": server.endpoint}))
    by_proxy = json.load(proxy.open(f"http://{shop.host}/a?b=c"))
    by_host = ask(server, "", "/a?b=c", headers={"Host": shop.host}).event
    by_path = ask(server, "", f"/_aws/elb/{shop.balancer['LoadBalancerName']}/a?b=c").event
    by_name = ask(server, "", f"/_aws/elb/{shop.host}/a?b=c", headers={"Host": "shop.example.com"}).event
    for found in (by_proxy, by_host, by_path, by_name):
        assert (found["path"], found["queryStringParameters"]) == ("/a", {"b": "c"})
    assert by_proxy["headers"]["host"] == shop.host
    assert by_name["headers"]["host"] == "shop.example.com"
    assert "proxy-connection" not in by_proxy["headers"]


@pytest.mark.parametrize("host", [NAME.replace("site-1", "absent-1"), "{host}:81"])
def test_what_is_not_there_is_said_by_the_server_and_not_by_a_load_balancer(server, shop, host):
    response = ask(server, host.format(host=shop.host))
    assert (response.status, response.get("server")) == (502, "localstack-dockerless")
    assert b"No load balancer has the name" in response.body or b"has no listener on port 81" in response.body


def test_a_name_that_two_accounts_use_is_not_guessed(server, shop):
    other = Site(server, "444455556666")
    twin = other.make(shop.balancer["LoadBalancerName"])
    path = f"/_aws/elb/{twin['LoadBalancerName']}/"
    assert b"More than one load balancer" in ask(server, "", path).body
    other.elb.delete_load_balancer(LoadBalancerArn=twin["LoadBalancerArn"])
    assert ask(server, "", path).status == 200
    other.close()


def test_the_gateway_leaves_preflight_requests_origins_and_bodies_alone(shop):
    """LocalStack answers OPTIONS itself, refuses unknown origins, and decodes what is compressed."""
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    assert shop.ask(method="OPTIONS", headers=headers).event["httpMethod"] == "OPTIONS"
    packed = gzip.compress(b"hello")
    response = shop.ask(method="POST", body=packed, headers={"Content-Encoding": "gzip", **headers})
    assert response.event["isBase64Encoded"]
    assert not response.all("x-localstack")
    assert not response.all("access-control-allow-origin")


def test_paths_of_the_server_are_paths_like_any_other_there(shop):
    assert shop.ask("/_dockerless/health").event["path"] == "/_dockerless/health"
    assert shop.ask("/_aws/elb/other/a").event["path"] == "/_aws/elb/other/a"


def test_a_connection_goes_on_after_an_answer_that_left_the_body_unread(server, shop):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    statuses = []
    for size in (5_000_000, 10):
        headers = {"Host": shop.host, "Content-Type": "text/plain"}
        connection.request("POST", "/", b"x" * size, headers)
        response = connection.getresponse()
        statuses.append(response.status)
        response.read()
    connection.close()
    assert statuses == [413, 200]


@pytest.mark.parametrize("trace", [";;=;a", "Root=", "Root=1-2-3;Self", "=" * 5000])
def test_a_trace_id_that_is_none_does_no_harm(shop, trace):
    assert shop.ask(headers={"X-Amzn-Trace-Id": trace}).status == 200


def test_https_over_a_proxy_is_refused(shop):
    assert shop.ask(method="CONNECT").status == 405


def test_head_gets_the_length_without_the_body(shop):
    response = shop.ask(method="HEAD")
    assert (response.status, response.body) == (200, b"")
    assert int(response.get("content-length")) > 0


def test_a_server_without_load_balancers_does_not_load_their_services():
    """EC2 and ELBv2 take 140 MB and more than a second."""
    code = "import sys; import localstack_dockerless.server.serving; print('moto.elbv2' in sys.modules, 'moto.ec2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


# What moto does otherwise


def test_target_groups_forget_the_load_balancer_that_used_them(site, echo):
    """Moto appends it for every rule and never takes it away."""

    def users():
        return site.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]

    group = site.serving(echo)
    listener = site.listen(forward(group))
    condition = {"Field": "path-pattern", "Values": ["/a"]}
    rule = site.rule(listener, 1, forward(group), condition)
    assert users() == [site.arn]
    site.elb.modify_listener(ListenerArn=listener, DefaultActions=[fixed("x")])
    assert users() == [site.arn]
    site.elb.delete_rule(RuleArn=rule)
    assert users() == []


def test_codes_that_count_as_healthy_can_be_changed_for_a_function(site):
    """Moto changes them only for groups with a protocol."""
    group = site.group()
    site.elb.modify_target_group(TargetGroupArn=group, Matcher={"HttpCode": "200-299"})
    assert site.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["Matcher"] == {
        "HttpCode": "200-299"
    }


@pytest.mark.parametrize("codes", ["200,abc", "600", "200-", "200 - 299"])
def test_codes_that_are_none_are_refused(site, codes):
    """Moto looks at the beginning alone."""
    matcher = {"HttpCode": codes}
    refused("ValidationError", site.elb.modify_target_group, TargetGroupArn=site.group(), Matcher=matcher)
    create = site.elb.create_target_group
    refused("ValidationError", create, Name="codes", TargetType="lambda", Matcher=matcher)


def test_a_health_check_does_not_outlast_its_interval(site):
    """Moto looks at both only when the group is made."""
    modify, group = site.elb.modify_target_group, site.group()
    refused("ValidationError", modify, "timeout '36'", TargetGroupArn=group, HealthCheckTimeoutSeconds=36)


def test_a_protected_load_balancer_is_not_deleted(site):
    """Moto keeps the attribute and deletes all the same."""
    attribute = {"Key": "deletion_protection.enabled", "Value": "true"}
    site.elb.modify_load_balancer_attributes(LoadBalancerArn=site.arn, Attributes=[attribute])
    refused("OperationNotPermitted", site.elb.delete_load_balancer, LoadBalancerArn=site.arn)
    off = [{**attribute, "Value": "false"}]
    site.elb.modify_load_balancer_attributes(LoadBalancerArn=site.arn, Attributes=off)


def test_a_load_balancer_gets_the_default_security_group_or_existing_ones(site):
    """Moto gives none, and takes any."""
    assert len(site.balancer["SecurityGroups"]) == 1
    create = site.elb.create_load_balancer
    groups = ["sg-0123456789abcdef0"]
    refused("InvalidConfigurationRequest", create, Name="nobody", Subnets=site.subnets, SecurityGroups=groups)


def test_rules_can_change_places(site):
    """Moto finds the place of each still taken by the other."""
    listener = site.listen(fixed("x"))
    one, two = (site.rule(listener, n, fixed(str(n)), {"Field": "path-pattern", "Values": ["/*"]}) for n in (1, 2))
    move = site.elb.set_rule_priorities
    move(RulePriorities=[{"RuleArn": one, "Priority": 2}, {"RuleArn": two, "Priority": 1}])
    assert site.ask().body == b"2"
    refused("PriorityInUse", move, RulePriorities=[{"RuleArn": one, "Priority": 1}])
    assert site.ask().body == b"2"
    listed = site.elb.describe_rules(ListenerArn=listener)["Rules"]
    assert [rule["Priority"] for rule in listed] == ["1", "2", "default"]


def test_the_default_rule_stays(site):
    """Deleting it is an error of the server in moto; so is every request after its priority was set."""
    listener = site.listen(fixed("x"))
    default = site.elb.describe_rules(ListenerArn=listener)["Rules"][0]["RuleArn"]
    refused("OperationNotPermitted", site.elb.delete_rule, RuleArn=default)
    refused("OperationNotPermitted", site.elb.modify_rule, RuleArn=default, Actions=[fixed("y")])
    priorities = [{"RuleArn": default, "Priority": 1}]
    refused("OperationNotPermitted", site.elb.set_rule_priorities, RulePriorities=priorities)


def test_a_rule_that_is_not_there_is_not_deleted(site):
    """Moto says nothing."""
    refused("RuleNotFound", site.elb.delete_rule, RuleArn=site.arn)


@pytest.mark.parametrize(
    "condition",
    [
        {"Field": "http-header", "HttpHeaderConfig": {"Values": ["a"]}},
        {"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["a"]}},
        {"Field": "path-pattern", "RegexValues": ["a"]},
        {"Field": "http-header", "Values": ["a"]},
        {"Field": "query-string"},
        {"Field": "query-string", "Values": ["a"]},
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "a"}]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["nowhere"]}},
        {"Field": "bogus", "Values": ["a"]},
        {},
    ],
    ids=repr,
)
def test_a_condition_that_makes_no_sense_is_the_callers_error(site, condition):
    """Several of them are errors of the server in moto."""
    listener = site.listen(fixed("x"))
    create, common = site.elb.create_rule, {"ListenerArn": listener, "Priority": 1, "Actions": [fixed("x")]}
    refused("ValidationError", create, Conditions=[condition], **common)


@pytest.mark.parametrize("action", [{"Type": "redirect"}, {"Type": "fixed-response"}, {"Type": "forward"}], ids=repr)
def test_an_action_without_its_configuration_is_the_callers_error(site, action):
    with pytest.raises(ClientError, match=r"ValidationError|InvalidLoadBalancerAction"):
        site.listen(action)


@pytest.mark.parametrize("actions", [[], [fixed("x"), fixed("y")]], ids=["none", "two"])
def test_a_listener_has_one_action_that_ends_it(site, actions):
    """Moto takes any number, and then there is nothing to do with a request."""
    with pytest.raises(ClientError, match=r"InvalidLoadBalancerAction|ValidationError"):
        site.listen(*actions)


def test_a_load_balancer_that_is_missing_is_said_after_one_that_is_there(site):
    """Moto stops looking after the first."""
    describe, name = site.elb.describe_load_balancers, site.balancer["LoadBalancerName"]
    refused("LoadBalancerNotFound", describe, "[absent]", Names=[name, "absent"])
    refused("LoadBalancerNotFound", describe, LoadBalancerArns=[site.arn, site.arn[:-1]])
    assert len(describe(Names=[name])["LoadBalancers"]) == 1


def test_an_https_listener_takes_plain_http_and_says_https(site):
    """The server has no TLS; what comes after it is as on AWS."""
    certificate = site.server.client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    made = site.elb.create_listener(
        LoadBalancerArn=site.arn,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[redirect(Path="/new")],
    )
    site.listeners.append(made["Listeners"][0]["ListenerArn"])
    response = ask(site.server, f"{site.host}:443", "/old")
    assert response.get("location") == f"https://{site.host}:443/new"


def test_a_marker_that_is_none_is_the_callers_error(site):
    """It is an error of the server in moto."""
    refused("ValidationError", site.elb.describe_load_balancers, "marker", Marker="nonsense")


def test_the_model_is_kept_in_words_of_aws(site):
    condition = [{"Field": "x" * 65, "Values": ["a"]}]
    with pytest.raises(ClientError, match="2 validation errors detected") as failure:
        site.elb.create_rule(ListenerArn="x", Priority=60_000, Conditions=condition, Actions=[fixed("x")])
    message = failure.value.response["Error"]["Message"]
    assert "at 'conditions.1.member.field' failed to satisfy constraint: Member must have length" in message
    assert "Value '60000' at 'priority' failed to satisfy constraint: Member must have value" in message


def test_tags_may_have_letters_of_any_language(site):
    """The model's pattern has character classes that Python does not know."""
    site.elb.add_tags(ResourceArns=[site.arn], Tags=[{"Key": "größe", "Value": "x y"}])
    tags = site.elb.describe_tags(ResourceArns=[site.arn])["TagDescriptions"][0]["Tags"]
    assert tags == [{"Key": "größe", "Value": "x y"}]


# Pieces


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*", "", True),
        ("a.c", "abc", False),
        ("\\?", "?", True),
        ("\\?", "a", False),
        ("a\\b", "a\\b", True),
        ("?", "\n", True),
    ],
)
def test_wildcards_are_all_that_is_special(pattern, text, fits):
    condition = {"Field": "path-pattern", "Values": [pattern]}
    assert rules.meets(condition, Request("GET", text)) is fits


def test_a_body_that_is_not_utf8_does_not_break_the_event():
    request = Request("POST", "/", headers=[("content-type", "text/plain")], body=b"a\xff")
    assert json.loads(event.event(request, "arn", multi_value=False))["body"] == "a\ufffd"


def row(*results):
    """The state after each of these results: 2 successes or 3 failures in a row make a difference."""
    verdict, states = health.Verdict(), []
    for good in results:
        result = health.HEALTHY if good else health.because("Target.FailedHealthChecks")
        verdict.add(result, 2, 3)
        states.append(verdict.health["State"])
    return states


@pytest.mark.parametrize(
    ("results", "states"),
    [
        ([True], ["healthy"]),
        ([False, False, False], ["initial", "initial", "unhealthy"]),
        ([False, True], ["initial", "healthy"]),
        ([True, False, False, True, False, False, False], ["healthy"] * 6 + ["unhealthy"]),
        ([False] * 3 + [True, False, True, True], ["initial"] * 2 + ["unhealthy"] * 4 + ["healthy"]),
    ],
)
def test_results_in_a_row_change_the_state(results, states):
    assert row(*results) == states


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"statusCode": 200}', None),
        (b'{"statusCode": 302}', None),
        (b'{"statusCode": 404}', "Target.ResponseCodeMismatch"),
        (b"7", "Target.FailedHealthChecks"),
    ],
)
def test_a_response_to_a_health_check_is_judged_by_its_status(payload, reason):
    assert health.judged({"Payload": payload}, multi_value=False, codes="200,300-399").get("Reason") == reason


class Endless:
    """A function that always answers the same, and counts."""

    arn, account, region = "arn:aws:lambda:us-east-1:111111111111:function:f", "111111111111", "us-east-1"

    def __init__(self, payload):
        self.payload, self.count = payload, 0

    def allows(self, _group):
        return True

    def invoke(self, _event):
        self.count += 1
        return {"Payload": self.payload}


def checked(target, timeout=30):
    """A check of a group that has this target."""
    group = SimpleNamespace(
        arn="group",
        attributes={},
        matcher={"HttpCode": "200"},
        health_check_path="/",
        health_check_interval_seconds=5,
        health_check_timeout_seconds=timeout,
        healthy_threshold_count="2",
        unhealthy_threshold_count="2",
    )
    return health.Check(group, target)


@pytest.mark.parametrize(
    ("payload", "timeout", "reason"),
    [
        (b'{"statusCode": 500}', 30, "Target.ResponseCodeMismatch"),
        (b"", 30, "Target.FailedHealthChecks"),
        (b'{"statusCode": 200}', 0, "Target.Timeout"),
    ],
)
def test_a_check_says_why_a_target_is_unhealthy(monkeypatch, payload, timeout, reason):
    monkeypatch.setenv("DOCKERLESS_TIME_SCALE", "0.001")
    check = checked(Endless(payload), timeout)
    eventually(lambda: check.verdict.health.get("Reason") == reason)
    assert check.verdict.health["State"] == "unhealthy"
    check.stop()


def test_a_check_that_is_stopped_ends_its_thread(monkeypatch):
    monkeypatch.setenv("DOCKERLESS_TIME_SCALE", "1")
    check = checked(Endless(b'{"statusCode": 200}'))
    check.stop()
    check.thread.join(20)
    assert not check.thread.is_alive()


# Reset


def test_a_reset_ends_the_health_checks_of_the_account(monkeypatch):
    """They are threads beside moto's store, and would go on invoking functions made later."""
    monkeypatch.setenv("DOCKERLESS_TIME_SCALE", "1")
    checks, other = health.Checks(), Endless(b"")
    other.account = "222222222222"
    mine, yours = checked(Endless(b"")), checked(other)
    checks._running = {"mine": mine, "yours": yours}
    monkeypatch.setattr(health, "CHECKS", checks)
    reset.OURS["elbv2"](None, "111111111111")
    assert list(checks._running) == ["yours"]
    reset.OURS["elbv2"](None, None)
    for check in (mine, yours):
        check.thread.join(20)
        assert not check.thread.is_alive()


def test_a_reset_of_an_account_forgets_its_load_balancers(server, shop):
    account = "555566667777"
    site = Site(server, account)
    site.listen(fixed("x"))
    assert site.ask().body == b"x"
    assert server.command("reset", f"--account={account}").returncode == 0
    assert site.elb.describe_load_balancers()["LoadBalancers"] == []
    assert site.ask().status == 502
    assert shop.ask().status == 200


def test_a_response_that_is_nested_without_end_is_malformed():
    with pytest.raises(answer.MalformedError):
        answer.answer(b"[" * 200_000, multi_value=False)


@pytest.mark.parametrize(
    "parts", [{"Path": "new"}, *({"Port": port} for port in ("0", "65536", "x", "9" * 5000))], ids=str
)
def test_a_redirect_to_nowhere_is_refused(site, parts):
    with pytest.raises(ClientError, match="ValidationError"):
        site.listen(redirect(**parts))


def test_a_client_cannot_use_the_placeholders_of_a_redirect(site):
    site.listen(redirect(Host="example.com", Path="/#{path}"))
    response = ask(site.server, "", "/#{host}", headers={"Host": site.host})
    assert response.get("location") == "http://example.com:80/#{host}"


def test_subnets_are_set_by_the_rules_of_a_new_load_balancer(site):
    """Of two subnets in one zone moto says that they do not exist."""
    set_subnets, (one, two) = site.elb.set_subnets, site.subnets
    refused("InvalidConfigurationRequest", set_subnets, LoadBalancerArn=site.arn, Subnets=[one, one])
    refused("SubnetNotFound", set_subnets, LoadBalancerArn=site.arn, Subnets=[one, "subnet-0"])
    assert len(set_subnets(LoadBalancerArn=site.arn, Subnets=[one, two])["AvailabilityZones"]) == 2
