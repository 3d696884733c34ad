"""Web pages and AWS's APIs: what LocalStack's own check of origins leaves open.

LocalStack refuses requests of foreign origins, but not those that only Sec-Fetch-Site betrays (an image whose address is
`/?Action=DeleteUser`), and it trusts what looks like S3 or an API of a person's although another service then answers.
No page needs AWS's APIs here, so the origins that it trusts by default (its own web application, `file://`) are none.
"""

from __future__ import annotations

from typing import Any

from localstack.aws import handlers as known
from localstack.aws.handlers import cors

from localstack_dockerless.server import guard


def protect(gateway: Any) -> None:
    """Put the checks into the gateway's chain of handlers.

    Args:
        gateway: LocalStack's.
    """
    cors.ALLOWED_CORS_ORIGINS[:] = sorted(guard.ORIGINS)
    vars(cors)["DYNAMIC_INTERNAL_ORIGINS"] = ()
    handlers = gateway.request_handlers
    handlers.insert(handlers.index(gateway.service_request_router), _refuse_unless_s3)
    for original in (known.serve_localstack_resources, known.serve_edge_router_rules):
        handlers[handlers.index(original)] = _skipped_for_pages(original)


def _skipped_for_pages(original: Any) -> Any:
    def serve(chain: Any, context: Any, response: Any) -> None:
        if not _is_foreign(context) or is_published(context.request):
            original(chain, context, response)

    return serve


def _refuse_unless_s3(chain: Any, context: Any, response: Any) -> None:
    """S3 asks the bucket's own rules."""
    if _is_foreign(context) and (not context.service or context.service.service_name != "s3"):
        response.status_code = 403
        response.set_response(b"Web pages may not use AWS's APIs here; allow an origin with DOCKERLESS_ORIGINS.\n")
        chain.terminate()


def is_published(request: Any) -> bool:
    """Return whether a request is for what a person has published: an API, a function URL, a web site."""
    path = request.path
    if guard.INTERNAL.match(path):
        return bool(guard.PUBLIC.match(path))
    return bool(guard.DATA_PLANE.fullmatch(request.host)) or path.startswith("/restapis/")


def _is_foreign(context: Any) -> bool:
    return guard.is_from_a_page(context.request.headers)
