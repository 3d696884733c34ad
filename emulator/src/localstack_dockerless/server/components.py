"""What LocalStack serves requests with (`RUNTIME_COMPONENTS=dockerless`): its own parts, with ours between."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from localstack.aws.app import LocalstackAwsGateway
from localstack.runtime.components import Components
from localstack.runtime.server.core import RuntimeServer
from rolo.gateway import Gateway

from localstack_dockerless.permissions import behalf
from localstack_dockerless.permissions.enforcement import enforce
from localstack_dockerless.server import internal, policy_model, requests
from localstack_dockerless.server.lane import raise_failure
from localstack_dockerless.server.pages import protect
from localstack_dockerless.server.serving import ThreadingServer
from localstack_dockerless.services.network.state import watch


class DockerlessComponents(Components):
    """Found by LocalStack through its entry-point group `localstack.runtime.components`."""

    name = "dockerless"

    @cached_property
    def gateway(self) -> Gateway:
        """The chain of handlers that answers a request."""
        from localstack.services.plugins import SERVICE_PLUGINS

        gateway = LocalstackAwsGateway(SERVICE_PLUGINS)
        # Just before the request goes to its service, when everything is known that an error's answer needs.
        handlers: Any = gateway.request_handlers
        place = handlers.index(gateway.service_request_router)
        handlers[place:place] = [requests.check, enforce, behalf.enforce, raise_failure]
        requests.apply()
        internal.apply()
        policy_model.extend()
        protect(gateway)
        answers: Any = gateway.response_handlers
        answers.append(watch)
        return gateway

    @cached_property
    def runtime_server(self) -> RuntimeServer:
        """The event loop that reads requests."""
        return ThreadingServer()
