"""Stages and deployments of HTTP APIs in the control plane.

Defects of moto 5.1.54 that are mended here: it has no UpdateStage and no deployments, and takes every name of a stage.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from localstack.services.moto import call_moto

from localstack_dockerless.services.http import deployments
from localstack_dockerless.services.http.checks import bad_request, conflict
from localstack_dockerless.services.http.control import api_of

_NAME = re.compile(r"[\w-]+|\$default")
_SETTINGS = {
    # Whose members have names of their own, which moto keeps as they are on the wire.
    "AccessLogSettings": "access_log_settings",
    "DefaultRouteSettings": "default_route_settings",
    "RouteSettings": "route_settings",
}
_PLAIN = {"AutoDeploy": "auto_deploy", "Description": "description", "StageVariables": "stage_variables"}


def create_stage(context: Any, request: Any) -> Any:
    """Its name has to be well formed and new."""
    api, name = api_of(context, request), request["StageName"]
    if not _NAME.fullmatch(name):
        raise bad_request("Stage name only allows a-zA-Z0-9_- or the name $default")
    if name in api.stages:
        raise conflict("Stage already exists")
    if deployment := request.get("DeploymentId"):
        deployments.get(api, deployment)
    call_moto(context)
    return _shown(api.get_stage(name))


def update_stage(context: Any, request: Any) -> Any:
    """Change what is given."""
    api = api_of(context, request)
    stage = api.get_stage(request["StageName"])
    if deployment := request.get("DeploymentId"):
        deployments.get(api, deployment)
        stage.config["deploymentId"] = deployment
    for name, attribute in _PLAIN.items():
        if name in request:
            setattr(stage, attribute, request[name])
    for name, attribute in _SETTINGS.items():
        if name in request:
            setattr(stage, attribute, _spelled(request[name], name, str.lower))
    stage.updated = datetime.now()
    return _shown(stage)


def get_stage(context: Any, request: Any) -> Any:
    """One of them."""
    return _shown(api_of(context, request).get_stage(request["StageName"]))


def get_stages(context: Any, request: Any) -> Any:
    """All of them."""
    return {"Items": [_shown(stage) for stage in api_of(context, request).stages.values()]}


def _shown(stage: Any) -> dict[str, Any]:
    """As boto3 shows it."""
    shown = {
        "StageName": stage.name,
        "CreatedDate": stage.created,
        "LastUpdatedDate": stage.updated,
        "Tags": stage.tags,
        "DeploymentId": stage.config.get("deploymentId"),
        **{name: getattr(stage, attribute) for name, attribute in _PLAIN.items()},
        **{name: _spelled(getattr(stage, attribute), name, str.upper) for name, attribute in _SETTINGS.items()},
    }
    return {name: value for name, value in shown.items() if value is not None}


def _spelled(settings: Any, name: str, first: Any) -> Any:
    """Settings whose members begin with such a letter; those of routes are by route key."""
    if not settings:
        return settings
    if name == "RouteSettings":
        return {key: _spelled(one, "", first) for key, one in settings.items()}
    return {first(key[:1]) + key[1:]: value for key, value in settings.items()}


def create_deployment(context: Any, request: Any) -> Any:
    """What the API is now, for one stage or to be given to one later."""
    api = api_of(context, request)
    stage = api.get_stage(request["StageName"]) if request.get("StageName") else None
    if stage and stage.auto_deploy:
        raise bad_request("Deploying to a stage with auto deploy is not allowed.")
    made = deployments.deploy(api, request.get("Description"))
    if stage:
        stage.config["deploymentId"] = made.id
    return made.shown()


def get_deployment(context: Any, request: Any) -> Any:
    """One of them."""
    return deployments.get(api_of(context, request), request["DeploymentId"]).shown()


def get_deployments(context: Any, request: Any) -> Any:
    """All of them."""
    return {"Items": [deployment.shown() for deployment in deployments.of(api_of(context, request)).values()]}


def delete_deployment(context: Any, request: Any) -> Any:
    """Unless a stage serves it."""
    api, name = api_of(context, request), request["DeploymentId"]
    deployments.get(api, name)
    if any(stage.config.get("deploymentId") == name for stage in api.stages.values()):
        raise bad_request("Active stages pointing to this deployment must be moved or deleted")
    del deployments.of(api)[name]
    return {}
