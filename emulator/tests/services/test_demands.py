"""What requests ask for: the names of actions and the ARNs of resources, from the Service Authorization Reference."""

from __future__ import annotations

import pytest
from localstack_dockerless.permissions import keys
from localstack_dockerless.permissions.calls import Call
from localstack_dockerless.permissions.demands import demands

HERE = "us-east-1:123456789012"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
FUNCTION = f"arn:aws:lambda:{HERE}:function:f"
OBJECT = "arn:aws:s3:::b/k"
TABLE = f"arn:aws:dynamodb:{HERE}:table/t"
GROUP = f"arn:aws:logs:{HERE}:log-group:/g"
ROLE = "arn:aws:iam::123456789012:role/r"


def asked(service, operation, request, **http):
    return [(one.action, one.resource) for one in demands(_call(service, operation, request, **http))]


def _call(service, operation, request, **http):
    return Call(service, operation, request, "123456789012", "us-east-1", **http)


CASES = [
    ("lambda", "Invoke", {"FunctionName": "f"}, [("lambda:InvokeFunction", FUNCTION)]),
    ("lambda", "Invoke", {"FunctionName": "f", "Qualifier": "live"}, [("lambda:InvokeFunction", f"{FUNCTION}:live")]),
    ("lambda", "Invoke", {"FunctionName": f"{FUNCTION}:1"}, [("lambda:InvokeFunction", f"{FUNCTION}:1")]),
    ("lambda", "InvokeWithResponseStream", {"FunctionName": "123456789012:f"}, [("lambda:InvokeFunction", FUNCTION)]),
    ("lambda", "Invoke", {"FunctionName": "f\n"}, [("lambda:InvokeFunction", FUNCTION)]),
    ("lambda", "ListFunctions", {}, [("lambda:ListFunctions", "*")]),
    ("lambda", "ListEventSourceMappings", {"FunctionName": "f"}, [("lambda:ListEventSourceMappings", "*")]),
    ("lambda", "CreateEventSourceMapping", {"FunctionName": "f"}, [("lambda:CreateEventSourceMapping", "*")]),
    (
        "lambda",
        "UpdateEventSourceMapping",
        {"UUID": "u", "FunctionName": "f"},
        [("lambda:UpdateEventSourceMapping", f"arn:aws:lambda:{HERE}:event-source-mapping:u")],
    ),
    (
        "lambda",
        "CreateFunction",
        {"FunctionName": "f", "Role": ROLE, "Layers": [f"arn:aws:lambda:{HERE}:layer:l:1"]},
        [
            ("lambda:CreateFunction", FUNCTION),
            ("lambda:GetLayerVersion", f"arn:aws:lambda:{HERE}:layer:l:1"),
            ("iam:PassRole", ROLE),
        ],
    ),
    (
        "lambda",
        "GetLayerVersion",
        {"LayerName": "l", "VersionNumber": 2},
        [("lambda:GetLayerVersion", f"arn:aws:lambda:{HERE}:layer:l:2")],
    ),
    ("s3", "ListBuckets", {}, [("s3:ListAllMyBuckets", "*")]),
    ("s3", "HeadBucket", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
    ("s3", "ListObjectsV2", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
    ("s3", "HeadObject", {"Bucket": "b", "Key": "k"}, [("s3:GetObject", OBJECT)]),
    ("s3", "GetObject", {"Bucket": "b", "Key": "k", "VersionId": "1"}, [("s3:GetObjectVersion", OBJECT)]),
    ("s3", "UploadPart", {"Bucket": "b", "Key": "k"}, [("s3:PutObject", OBJECT)]),
    (
        "s3",
        "PutObject",
        {"Bucket": "b", "Key": "k", "ACL": "private", "Tagging": "a=b"},
        [("s3:PutObject", OBJECT), ("s3:PutObjectTagging", OBJECT), ("s3:PutObjectAcl", OBJECT)],
    ),
    (
        "s3",
        "CopyObject",
        {"Bucket": "b", "Key": "k", "CopySource": "/a/x%20y?versionId=1"},
        [("s3:PutObject", OBJECT), ("s3:GetObjectVersion", "arn:aws:s3:::a/x y")],
    ),
    (
        "s3",
        "CopyObject",
        {"Bucket": "b", "Key": "k", "CopySource": "a/secret+word#.png"},
        [("s3:PutObject", OBJECT), ("s3:GetObject", "arn:aws:s3:::a/secret word")],
    ),
    (
        "s3",
        "CopyObject",
        {"Bucket": "b", "Key": "k", "CopySource": "a"},
        [("s3:PutObject", OBJECT), ("s3:GetObject", "*")],
    ),
    (
        "s3",
        "DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}, {"Key": "k", "VersionId": "1"}]}},
        [("s3:DeleteObject", OBJECT), ("s3:DeleteObjectVersion", OBJECT)],
    ),
    (
        "s3",
        "GetObjectTagging",
        {"Bucket": "b", "Key": "k", "VersionId": "1"},
        [("s3:GetObjectVersionTagging", OBJECT)],
    ),
    ("s3", "PutObjectAcl", {"Bucket": "b", "Key": "k", "VersionId": "1"}, [("s3:PutObjectVersionAcl", OBJECT)]),
    (
        "s3",
        "PutBucketNotificationConfiguration",
        {"Bucket": "b"},
        [("s3:PutBucketNotification", "arn:aws:s3:::b")],
    ),
    (
        "sqs",
        "SendMessageBatch",
        {"QueueUrl": "http://localhost:4566/queue/us-east-1/123456789012/q"},
        [("sqs:SendMessage", f"arn:aws:sqs:{HERE}:q")],
    ),
    (
        "sqs",
        "SendMessage",
        {"QueueUrl": "http://x/999999999999/q"},
        [("sqs:SendMessage", "arn:aws:sqs:us-east-1:999999999999:q")],
    ),
    # What the service does not look at does not name a queue.
    (
        "sqs",
        "SendMessage",
        {"QueueUrl": "http://x/123456789012/q?/123456789012/r"},
        [("sqs:SendMessage", f"arn:aws:sqs:{HERE}:q")],
    ),
    (
        "sqs",
        "SendMessage",
        {"QueueUrl": "http://x/123456789012/q#/123456789012/r"},
        [("sqs:SendMessage", f"arn:aws:sqs:{HERE}:q")],
    ),
    (
        "sqs",
        "SendMessage",
        {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"},
        [("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:q")],
    ),
    ("sqs", "SendMessage", {"QueueUrl": "q"}, [("sqs:SendMessage", f"arn:aws:sqs:{HERE}:q")]),
    ("sqs", "CreateQueue", {"QueueName": "q"}, [("sqs:CreateQueue", f"arn:aws:sqs:{HERE}:q")]),
    ("sqs", "ListQueues", {"QueueNamePrefix": "q"}, [("sqs:ListQueues", "*")]),
    ("sns", "PublishBatch", {"TopicArn": f"arn:aws:sns:{HERE}:t"}, [("sns:Publish", f"arn:aws:sns:{HERE}:t")]),
    ("dynamodb", "GetItem", {"TableName": "t"}, [("dynamodb:GetItem", TABLE)]),
    ("dynamodb", "Query", {"TableName": "t", "IndexName": "i"}, [("dynamodb:Query", f"{TABLE}/index/i")]),
    ("dynamodb", "BatchWriteItem", {"RequestItems": {"t": []}}, [("dynamodb:BatchWriteItem", TABLE)]),
    (
        "dynamodb",
        "TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "t"}}, {"ConditionCheck": {"TableName": "t"}}]},
        [("dynamodb:PutItem", TABLE), ("dynamodb:ConditionCheckItem", TABLE)],
    ),
    (
        "dynamodb",
        "ExecuteStatement",
        {"Statement": 'SELECT * FROM "t"."i"'},
        [("dynamodb:PartiQLSelect", f"{TABLE}/index/i")],
    ),
    *(
        ("dynamodb", "ExecuteStatement", {"Statement": statement}, [("dynamodb:PartiQLSelect", TABLE)])
        for statement in (
            "SELECT id, 'FROM open' FROM t",
            'SELECT "FROM open" FROM t',
            "SELECT * FROM/**/t -- FROM open",
            "SELECT * FROM t WHERE a = 'it''s FROM open'",
        )
    ),
    (
        "dynamodb",
        "ExecuteStatement",
        {"Statement": "SELECT * FROM t WHERE EXISTS(SELECT * FROM u)"},
        [("dynamodb:PartiQLSelect", TABLE), ("dynamodb:PartiQLSelect", f"arn:aws:dynamodb:{HERE}:table/u")],
    ),
    ("dynamodb", "ExecuteStatement", {"Statement": "insert INTO t value {}"}, [("dynamodb:PartiQLInsert", TABLE)]),
    (
        "dynamodbstreams",
        "GetRecords",
        {"ShardIterator": f"{TABLE}/stream/now|1|x"},
        [("dynamodb:GetRecords", f"{TABLE}/stream/now")],
    ),
    ("kinesis", "PutRecords", {"StreamName": "s"}, [("kinesis:PutRecords", f"arn:aws:kinesis:{HERE}:stream/s")]),
    (
        "kinesis",
        "GetRecords",
        {"ShardIterator": "czo4OjE="},
        [("kinesis:GetRecords", f"arn:aws:kinesis:{HERE}:stream/s")],
    ),
    (
        "kinesis",
        "GetRecords",
        {"ShardIterator": "czo4OjE=", "StreamARN": f"arn:aws:kinesis:{HERE}:stream/t"},
        [("kinesis:GetRecords", f"arn:aws:kinesis:{HERE}:stream/{name}") for name in "st"],
    ),
    (
        "kinesis",
        "PutRecord",
        {"StreamName": "s", "StreamARN": f"arn:aws:kinesis:{HERE}:stream/t"},
        [("kinesis:PutRecord", f"arn:aws:kinesis:{HERE}:stream/{name}") for name in "st"],
    ),
    ("kms", "Encrypt", {"KeyId": KEY}, [("kms:Encrypt", f"arn:aws:kms:{HERE}:key/{KEY}")]),
    ("kms", "Decrypt", {"CiphertextBlob": KEY.encode() + b"x"}, [("kms:Decrypt", f"arn:aws:kms:{HERE}:key/{KEY}")]),
    (
        "logs",
        "PutLogEvents",
        {"logGroupName": "/g", "logStreamName": "s"},
        [("logs:PutLogEvents", f"{GROUP}:log-stream:s")],
    ),
    (
        "logs",
        "DescribeLogStreams",
        {"logGroupIdentifier": "arn:aws:logs:eu-west-1:999999999999:log-group:/g:*"},
        [("logs:DescribeLogStreams", f"{GROUP}:log-stream:")],
    ),
    ("logs", "StartQuery", {"logGroupNames": ["/g"]}, [("logs:StartQuery", f"{GROUP}:log-stream:")]),
    ("logs", "CreateLogGroup", {"logGroupName": "/g"}, [("logs:CreateLogGroup", f"{GROUP}:log-stream:")]),
    ("cloudwatch", "PutMetricData", {"Namespace": "n"}, [("cloudwatch:PutMetricData", "*")]),
    ("events", "PutEvents", {"Entries": [{}]}, [("events:PutEvents", f"arn:aws:events:{HERE}:event-bus/default")]),
    ("events", "PutRule", {"Name": "r"}, [("events:PutRule", f"arn:aws:events:{HERE}:rule/r")]),
    ("events", "PutRule", {"Name": "r", "EventBusName": "b"}, [("events:PutRule", f"arn:aws:events:{HERE}:rule/b/r")]),
    (
        "scheduler",
        "CreateSchedule",
        {"Name": "s", "Target": {"RoleArn": ROLE}},
        [("scheduler:CreateSchedule", f"arn:aws:scheduler:{HERE}:schedule/default/s"), ("iam:PassRole", ROLE)],
    ),
    ("ssm", "GetParameter", {"Name": "/a/b:3"}, [("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/a/b")]),
    (
        "ssm",
        "GetParameter",
        {"Name": f"arn:aws:ssm:{HERE}:parameter/a/b:3"},
        [("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/a/b")],
    ),
    *(
        (
            "ssm",
            "GetParameter",
            {"Name": f"/aws/reference/secretsmanager{rest}"},
            [
                (
                    "ssm:GetParameter",
                    f"arn:aws:ssm:{HERE}:parameter/aws/reference/secretsmanager{rest.partition(':')[0]}",
                ),
                ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:{rest[1:]}"),
            ],
        )
        for rest in ("xs", "/s:1")
    ),
    (
        "ssm",
        "GetParameters",
        {"Names": ["/aws/reference/secretsmanager/s"]},
        [
            ("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/aws/reference/secretsmanager/s"),
            ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:s"),
        ],
    ),
    ("ssm", "GetParameter", {"Name": "a//b/"}, [("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/a/b")]),
    ("ssm", "GetParameter", {"Name": "/a/b"}, [("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/a/b")]),
    (
        "ssm",
        "GetParameters",
        {"Names": ["a", "b"]},
        [("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/{n}") for n in "ab"],
    ),
    (
        "secretsmanager",
        "CreateSecret",
        {"Name": "s"},
        [("secretsmanager:CreateSecret", f"arn:aws:secretsmanager:{HERE}:secret:s")],
    ),
    (
        "secretsmanager",
        "BatchGetSecretValue",
        {"SecretIdList": ["s"]},
        [
            ("secretsmanager:BatchGetSecretValue", "*"),
            ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:s"),
        ],
    ),
    (
        "secretsmanager",
        "BatchGetSecretValue",
        {"Filters": []},
        [("secretsmanager:BatchGetSecretValue", "*"), ("secretsmanager:GetSecretValue", "*")],
    ),
    ("ec2", "DescribeSubnets", {"SubnetIds": ["subnet-1"]}, [("ec2:DescribeSubnets", "*")]),
    ("ec2", "DeleteSubnet", {"SubnetId": "subnet-1"}, [("ec2:DeleteSubnet", f"arn:aws:ec2:{HERE}:subnet/subnet-1")]),
    (
        "stepfunctions",
        "StartExecution",
        {"stateMachineArn": f"arn:aws:states:{HERE}:stateMachine:m"},
        [("states:StartExecution", f"arn:aws:states:{HERE}:stateMachine:m")],
    ),
    (
        "ecr",
        "CreateRepository",
        {"repositoryName": "r"},
        [("ecr:CreateRepository", f"arn:aws:ecr:{HERE}:repository/r")],
    ),
    ("xray", "PutTraceSegments", {}, [("xray:PutTraceSegments", "*")]),
    ("sts", "AssumeRole", {"RoleArn": ROLE, "Tags": [{}]}, [("sts:AssumeRole", ROLE), ("sts:TagSession", ROLE)]),
    ("sts", "GetCallerIdentity", {}, []),
    ("iam", "PutRolePolicy", {"RoleName": "r", "PolicyName": "p"}, [("iam:PutRolePolicy", ROLE)]),
    (
        "iam",
        "CreateRole",
        {"RoleName": "r", "Path": "/lab/"},
        [("iam:CreateRole", "arn:aws:iam::123456789012:role/lab/r")],
    ),
    (
        "iam",
        "AddUserToGroup",
        {"GroupName": "g", "UserName": "u"},
        [("iam:AddUserToGroup", "arn:aws:iam::123456789012:group/g")],
    ),
    (
        "iam",
        "AddRoleToInstanceProfile",
        {"InstanceProfileName": "i", "RoleName": "r"},
        [("iam:AddRoleToInstanceProfile", "arn:aws:iam::123456789012:instance-profile/i")],
    ),
    (
        "cloudformation",
        "CreateChangeSet",
        {"StackName": "s", "RoleARN": ROLE},
        [
            ("cloudformation:CreateChangeSet", f"arn:aws:cloudformation:{HERE}:stack/s/*"),
            ("iam:PassRole", ROLE),
        ],
    ),
]


@pytest.mark.parametrize(("service", "operation", "request_", "expected"), CASES)
def test_what_a_request_asks_for(service, operation, request_, expected):
    assert asked(service, operation, request_) == expected


def test_api_gateways_actions_are_methods_of_http():
    found = asked("apigatewayv2", "GetApi", {}, method="GET", path="/v2/apis/a")
    assert found == [("apigateway:GET", "arn:aws:apigateway:us-east-1::/v2/apis/a")]


@pytest.mark.parametrize(
    ("service", "request_", "expected"),
    [
        ("s3", {"Prefix": "home/", "MaxKeys": 5}, {"s3:prefix": "home/", "s3:max-keys": "5"}),
        ("lambda", {"FunctionUrlAuthType": "NONE"}, {"lambda:functionurlauthtype": "NONE"}),
        ("sqs", {"tags": {"Team": "blue"}}, {"aws:requesttag/team": "blue", "aws:tagkeys": ["Team"]}),
        ("iam", {"Tags": [{"Key": "Team", "Value": "blue"}]}, {"aws:requesttag/team": "blue", "aws:tagkeys": ["Team"]}),
        ("lambda", {"TagKeys": ["Team"]}, {"aws:tagkeys": ["Team"]}),
        (
            "dynamodb",
            {"ProjectionExpression": "#a, b.c", "ExpressionAttributeNames": {"#a": "x"}},
            {"dynamodb:attributes": ["x", "b"]},
        ),
        (
            "dynamodb",
            {
                "Key": {"id": {"S": "1"}},
                "UpdateExpression": "SET a.b = if_not_exists(c, :d), #e = :e REMOVE f[0].g",
                "ConditionExpression": "attribute_exists(id) AND h BETWEEN :i AND :j",
                "ExpressionAttributeNames": {"#e": "x"},
            },
            {"dynamodb:attributes": ["a", "c", "x", "f", "id", "h"]},
        ),
        (
            "dynamodb",
            {"RequestItems": {"t": {"Keys": [{"id": {"S": "1"}}], "ProjectionExpression": "secret"}}},
            {"dynamodb:attributes": ["secret", "id"]},
        ),
        (
            "dynamodb",
            {"TransactItems": [{"Put": {"TableName": "t", "Item": {"id": {"S": "1"}, "secret": {"S": "x"}}}}]},
            {"dynamodb:attributes": ["id", "secret"]},
        ),
    ],
)
def test_what_a_request_says_about_itself(service, request_, expected):
    found = keys.of_call(_call(service, "Any", request_), "192.0.2.1", "agent")
    assert {key: found.get(key) for key in expected} == expected
    assert found["aws:sourceip"] == "192.0.2.1"
