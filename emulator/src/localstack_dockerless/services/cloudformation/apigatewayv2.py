"""Resource types of HTTP APIs.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGatewayV2.html
"""

from __future__ import annotations

import json

from localstack_dockerless.services.cloudformation.derived import gone
from localstack_dockerless.services.cloudformation.resources import Call, Code, Kind, Model, plugin, same


def _document(model: Model, _before: Model) -> str | None:
    """The OpenAPI document, such as SAM makes of HttpApi events."""
    return json.dumps(model["Body"]) if "Body" in model else None


def _arn(model: Model, _before: Model) -> str:
    """Of the API; its endpoint names the region."""
    region = model["ApiEndpoint"].split(".")[2]
    return f"arn:aws:apigateway:{region}::/apis/{model['ApiId']}"


_IMPORTED: dict[str, str | Code] = {"Body": _document, "FailOnWarnings": "FailOnWarnings"}
_SETTINGS = (
    "Name",
    "CorsConfiguration",
    "Description",
    "DisableExecuteApiEndpoint",
    "RouteSelectionExpression",
    "Version",
)
# Again after an import, which leaves of these what the document says.
_UPDATE = Call("update_api", same("ApiId", *_SETTINGS), of=("Body",))
_TAG = Call("tag_resource", {"ResourceArn": _arn, "Tags": "Tags"}, needs=("Tags",))

api = plugin(
    "AWS::ApiGatewayV2::Api",
    Kind(
        "apigatewayv2",
        "ApiId",
        (
            Call("import_api", _IMPORTED, of=("Body",), needs=("Body",)),
            Call("create_api", same(*_SETTINGS, "ProtocolType", "RouteKey", "Target", "Tags")),
        ),
        Call("delete_api", same("ApiId")),
        replaced=("ProtocolType",),
        attributes=same("ApiId", "ApiEndpoint"),
        after=(_UPDATE, _TAG),
        changes=(
            Call("reimport_api", same("ApiId") | _IMPORTED, of=("Body",), needs=("Body",)),
            _UPDATE,
            Call(
                "untag_resource",
                {"ResourceArn": _arn, "TagKeys": gone("Tags")},
                of=("Tags",),
                needs=("TagKeys",),
            ),
            _TAG,
        ),
    ),
)


_STAGE = (
    *("AutoDeploy", "Description", "StageVariables", "DeploymentId", "AccessLogSettings", "DefaultRouteSettings"),
    "RouteSettings",
)

stage = plugin(
    "AWS::ApiGatewayV2::Stage",
    Kind(
        "apigatewayv2",
        "StageName",
        (Call("create_stage", same("ApiId", "StageName", *_STAGE, "Tags")),),
        Call("delete_stage", same("ApiId", "StageName")),
        replaced=("ApiId", "StageName"),
        changes=(Call("update_stage", same("ApiId", "StageName", *_STAGE)),),
    ),
)


def _part(name: str, properties: tuple[str, ...]) -> Kind:
    """What an API has several of, each with an id."""
    operation, identifier = name.lower(), f"{name}Id"
    return Kind(
        "apigatewayv2",
        identifier,
        (Call(f"create_{operation}", same("ApiId", *properties)),),
        Call(f"delete_{operation}", same("ApiId", identifier)),
        replaced=("ApiId",),
        attributes=same(identifier),
        changes=(Call(f"update_{operation}", same("ApiId", identifier, *properties)),),
    )


integration = plugin(
    "AWS::ApiGatewayV2::Integration",
    _part(
        "Integration",
        (
            *("IntegrationType", "IntegrationUri", "IntegrationMethod", "IntegrationSubtype", "PayloadFormatVersion"),
            *("Description", "ConnectionType", "ConnectionId", "CredentialsArn", "TimeoutInMillis", "TlsConfig"),
            *("RequestParameters", "ResponseParameters"),
        ),
    ),
)

route = plugin(
    "AWS::ApiGatewayV2::Route",
    _part(
        "Route",
        (
            *("RouteKey", "Target", "AuthorizationType", "AuthorizerId", "AuthorizationScopes", "OperationName"),
            "ApiKeyRequired",
        ),
    ),
)

authorizer = plugin(
    "AWS::ApiGatewayV2::Authorizer",
    _part(
        "Authorizer",
        (
            *("Name", "AuthorizerType", "AuthorizerUri", "AuthorizerPayloadFormatVersion", "EnableSimpleResponses"),
            *("AuthorizerResultTtlInSeconds", "IdentitySource", "AuthorizerCredentialsArn", "JwtConfiguration"),
        ),
    ),
)

deployment = plugin(
    "AWS::ApiGatewayV2::Deployment",
    Kind(
        "apigatewayv2",
        "DeploymentId",
        (Call("create_deployment", same("ApiId", "StageName", "Description")),),
        Call("delete_deployment", same("ApiId", "DeploymentId")),
        replaced=("ApiId",),
        attributes=same("DeploymentId"),
    ),
)
