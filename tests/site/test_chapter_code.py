import json
import re
import textwrap

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from cfnlint import api
from cfnlint.config import ManualArgs

from coldstart import course

FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [
    pytest.param(found["language"], found["code"], id=f"{section.slug}-{number}")
    for section in course.sections()
    for number, found in enumerate(FENCE.finditer(section.chapter.read_text(encoding="utf-8")))
]
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  NewVersionErrors: {Type: AWS::CloudWatch::Alarm, Properties: {
    ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, MetricName: Errors, Namespace: AWS/Lambda,
    Period: 60, Statistic: Sum, Threshold: 0}}
  Subject:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "def handler(event, context): pass"
      Handler: index.handler
      Runtime: python3.13
"""


@pytest.fixture
def requests_sent(monkeypatch):
    """Answer every call of boto3 with an empty success, and keep what was sent."""
    sent = []

    def answer(request, **_):
        sent.append(request)
        return _Success(request.url)

    for key, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }.items():
        monkeypatch.setenv(key, value)
    make = boto3.client

    def client(*args, **kwargs):
        made = make(*args, **kwargs)
        made.meta.events.register("before-send", answer)
        return made

    monkeypatch.setattr(boto3, "client", client)
    return sent


class _Success(AWSResponse):
    def __init__(self, url):
        super().__init__(url, 200, {}, raw=None)
        self._content = b"{}"


@pytest.mark.parametrize(("language", "code"), BLOCKS)
def test_what_a_chapter_shows_is_accepted_by_what_reads_it(language, code, requests_sent):
    if language == "python":
        exec(compile(code, "chapter", "exec"), {"boto3": boto3, "functions": boto3.client("lambda")})
        assert [json.loads(request.body) for request in requests_sent]
    else:
        assert language == "yaml"
        found = api.lint(TEMPLATE + textwrap.indent(code, " " * 6), config=ManualArgs(regions=["us-east-1"]))
        assert not [str(match) for match in found]
