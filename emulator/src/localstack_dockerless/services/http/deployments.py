"""What a stage serves: the API as it is, or as it was when it was deployed.

moto has stages without deployments.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html
"""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api import CommonServiceException


@dataclass(frozen=True)
class Deployment:
    """Routes, integrations and authorizers of an API, which no longer change."""

    description: str | None
    routes: dict[str, Any]
    integrations: dict[str, Any]
    authorizers: dict[str, Any]
    id: str = field(default_factory=lambda: os.urandom(3).hex())
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def shown(self) -> dict[str, Any]:
        """As boto3 shows it."""
        shown = {
            "DeploymentId": self.id,
            "CreatedDate": self.created,
            "DeploymentStatus": "DEPLOYED",
            "AutoDeployed": False,
        }
        return shown | ({"Description": self.description} if self.description else {})


def of(api: Any) -> dict[str, Deployment]:
    """The deployments of one of moto's APIs, by id; they go with it."""
    found: dict[str, Deployment] = api.__dict__.setdefault("dockerless_deployments", {})
    return found


def deploy(api: Any, description: str | None) -> Deployment:
    """Take note of what the API is now."""
    made = Deployment(description, _copies(api.routes), _copies(api.integrations), dict(api.authorizers))
    of(api)[made.id] = made
    return made


def _copies(parts: dict[str, Any]) -> dict[str, Any]:
    """An update changes moto's object; it replaces the values of its attributes."""
    return {key: copy.copy(part) for key, part in parts.items()}


def get(api: Any, deployment_id: str) -> Deployment:
    """One of them.

    Raises:
        CommonServiceException: NotFoundException.
    """
    found = of(api).get(deployment_id)
    if found is None:
        message = f"Invalid Deployment identifier specified {deployment_id}"
        raise CommonServiceException("NotFoundException", message, status_code=404)
    return found


def served(api: Any, stage: Any) -> Any:
    """What has routes, integrations and authorizers for a stage; None if nothing was deployed to it."""
    if stage.auto_deploy:
        return api
    return of(api).get(stage.config.get("deploymentId"))
