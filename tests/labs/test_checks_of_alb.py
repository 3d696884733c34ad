"""The checks of lab 16 judge which paths reach the search, and what is registered, permitted and split."""

import json

import boto3
import pytest

from coldstart.lab import checking, package, readonly

NAME, BALANCER = "coldstart-16-search", "coldstart-16-web"
PRINCIPAL = "elasticloadbalancing.amazonaws.com"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
CHECKS = checking.load("16-alb")


class Shop:
    """The lab's load balancer, the old shop behind it, and the search with both versions and its target group."""

    def __init__(self):
        self.aws, self.elb = boto3.client("lambda"), boto3.client("elbv2")
        self._search()
        self.group = self.elb.create_target_group(Name=NAME, TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
        self.listener = self._listener()

    def _search(self):
        created = boto3.client("iam").create_role(
            RoleName="coldstart-16-role", AssumeRolePolicyDocument=json.dumps(TRUST)
        )
        self.function = self.aws.create_function(
            FunctionName=NAME,
            Runtime="python3.13",
            Handler="search.handler",
            Role=created["Role"]["Arn"],
            Code={"ZipFile": package("16-alb", "v1")},
        )["FunctionArn"]
        self._wait("function_active_v2")
        self.aws.publish_version(FunctionName=NAME)
        self.aws.update_function_code(FunctionName=NAME, ZipFile=package("16-alb", "v2"))
        self._wait("function_updated_v2")
        self.aws.publish_version(FunctionName=NAME)
        self.live = self.aws.create_alias(FunctionName=NAME, Name="live", FunctionVersion="1")["AliasArn"]

    def _wait(self, waiter):
        self.aws.get_waiter(waiter).wait(FunctionName=NAME, WaiterConfig={"Delay": 0.1})

    def _listener(self):
        subnets = [subnet["SubnetId"] for subnet in boto3.client("ec2").describe_subnets()["Subnets"][:2]]
        balancer = self.elb.create_load_balancer(Name=BALANCER, Subnets=subnets)["LoadBalancers"][0]
        shop = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "the old shop"}
        return self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": shop}],
        )["Listeners"][0]["ListenerArn"]

    def permit(self, **settings):
        self.aws.add_permission(
            FunctionName=NAME, StatementId="shop", Action="lambda:InvokeFunction", Principal=PRINCIPAL, **settings
        )

    def forget(self, **qualifier):
        self.aws.remove_permission(FunctionName=NAME, StatementId="shop", **qualifier)

    def register(self, target):
        self.elb.register_targets(TargetGroupArn=self.group, Targets=[{"Id": target}])

    def connect(self):
        self.permit(Qualifier="live", SourceArn=self.group)
        self.register(self.live)

    def route(self, *patterns):
        """Send what fits one of the patterns to the search; a rule that is there already goes first."""
        for rule in self.elb.describe_rules(ListenerArn=self.listener)["Rules"]:
            if not rule["IsDefault"]:
                self.elb.delete_rule(RuleArn=rule["RuleArn"])
        self.elb.create_rule(
            ListenerArn=self.listener,
            Priority=20,
            Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": list(patterns)}}],
            Actions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )

    def point_to(self, version, weights=None):
        routing = {"AdditionalVersionWeights": weights or {}}
        self.aws.update_alias(FunctionName=NAME, Name="live", FunctionVersion=version, RoutingConfig=routing)

    def lists(self, state):
        attribute = {"Key": "lambda.multi_value_headers.enabled", "Value": state}
        self.elb.modify_target_group_attributes(TargetGroupArn=self.group, Attributes=[attribute])

    def health(self, **settings):
        self.elb.modify_target_group(TargetGroupArn=self.group, **settings)


@pytest.fixture
def shop(here):
    return Shop()


def said(name):
    return checking.look(CHECKS[name], readonly.session("coldstart-16-")).message


def test_the_permission_is_for_the_alias_and_for_this_target_group(shop):
    assert f"No statement lets {PRINCIPAL} invoke the alias `live` yet." in said("connected")
    shop.permit(SourceArn=shop.group)
    assert "The permission is on the function" in said("connected")
    shop.permit(Qualifier="live")
    assert "bind the permission with `SourceArn`" in said("connected")
    shop.forget(Qualifier="live")
    shop.permit(Qualifier="live", SourceArn=shop.group)
    assert "it is not registered in the target group yet" in said("connected")
    shop.register(shop.function)
    assert "The target is coldstart-16-search; register the alias" in said("connected")


def test_an_alias_that_is_permitted_and_registered_is_connected(shop):
    shop.connect()
    assert said("connected") == ""


@pytest.mark.parametrize(
    ("patterns", "words"),
    [
        (["/search/*"], "`/search` is still answered by the old shop; the group gets /search/*."),
        (["/search"], "`/search/new` is still answered by the old shop; the group gets /search."),
        (["/search*"], "`/searching` is not below `/search` and no longer reaches the old shop"),
        (["/*"], "`/` is answered with 200 and not by the old shop"),
        (["/search", "/search/*"], ""),
        (["/search/*", "/search"], ""),
    ],
)
def test_the_search_gets_its_own_paths_and_no_others(shop, patterns, words):
    shop.connect()
    shop.route(*patterns)
    message = said("routed")
    assert words in message
    assert bool(message) == bool(words)


def test_two_rules_may_do_what_one_does(shop):
    shop.connect()
    shop.route("/search")
    shop.elb.create_rule(
        ListenerArn=shop.listener,
        Priority=30,
        Conditions=[{"Field": "path-pattern", "Values": ["/search/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": shop.group}],
    )
    assert said("routed") == ""


def test_every_value_wants_version_2_alone_and_the_switch(shop):
    shop.connect()
    shop.route("/search", "/search/*")
    assert "`live` is on version 1" in said("every-value")
    shop.point_to("1", {"2": 0.5})
    assert "`live` still splits the traffic" in said("every-value")
    shop.point_to("$LATEST")
    assert "`live` is on `$LATEST`" in said("every-value")
    shop.point_to("2")
    assert "the target group sends single values" in said("every-value")
    shop.lists("true")
    assert said("every-value") == ""


def test_health_checks_are_on_for_the_path_that_looks_at_the_warehouse(shop):
    shop.connect()
    shop.route("/search", "/search/*")
    shop.point_to("2")
    assert "Health checks of the target group are off" in said("healthy")
    shop.health(HealthCheckEnabled=True)
    assert "The path `/` is checked" in said("healthy")
    shop.health(HealthCheckPath="/health")
    assert "A check is made every 35 seconds" in said("healthy")
    shop.health(HealthCheckIntervalSeconds=10, HealthCheckTimeoutSeconds=5, HealthyThresholdCount=2)
    assert "UnhealthyThresholdCount is 5" in said("healthy")
    shop.health(UnhealthyThresholdCount=2)
    assert said("healthy") == ""
