"""LocalStack's CloudFormation, which fails on what it cannot make and needs no `zip` program."""

from __future__ import annotations

import re
from typing import Any

from localstack.services.cloudformation.engine.v2 import change_set_resource_support_checker as checker
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import ChangeSetModelPreproc
from localstack.services.cloudformation.engine.v2.change_set_resource_support_checker import (
    ChangeSetResourceSupportChecker,
)
from localstack.services.cloudformation.resource_provider import plugin_manager
from localstack.services.ecr.resource_providers import aws_ecr_repository
from localstack.utils import archives, testutil
from localstack.utils.catalog.common import (
    CloudFormationResourcesSupportAtRuntime,
    CloudFormationResourcesSupportInLatest,
)
from localstack.utils.patch import Patch, Patches

from localstack_dockerless.services.cloudformation import (
    changes,
    functions,
    nested,
    operations,
    reasons,
    roles,
    rollback,
    statuses,
    templates,
    updates,
)
from localstack_dockerless.services.cloudformation.repositories import RepositoryProvider
from localstack_dockerless.services.http.addresses import endpoint_of

_API = re.compile(r"https?://([\w-]+)\.execute-api\.([\w-]+)\.(?:amazonaws\.com|localhost)(?::\d+)?(/.*)?")
_PARTS = (changes, functions, nested, operations, reasons, roles, rollback, statuses, templates, updates)
_patches = Patches()


def apply() -> None:
    """Correct it, once."""
    if _patches.patches:
        return
    # LocalStack asks a catalog that it would download; without it every resource type counts as unsupported.
    _patches.add(Patch(checker, "get_aws_catalog", lambda: None))
    _patches.function(ChangeSetResourceSupportChecker._resource_support_status, _support)
    _patches.add(Patch(testutil, "create_zip_file_cli", _zip))
    _patches.add(Patch(ChangeSetModelPreproc, "_perform_static_replacements", staticmethod(_reachable)))
    _patches.add(Patch(aws_ecr_repository, "ECRRepositoryProvider", RepositoryProvider))
    for part in _PARTS:
        part.apply(_patches)
    _patches.apply()


def _support(_original: Any, _checker: Any, resource_type: str) -> Any:
    try:
        plugin_manager.is_loaded(resource_type)
    except ValueError:
        return CloudFormationResourcesSupportInLatest.NOT_SUPPORTED
    return CloudFormationResourcesSupportAtRuntime.AVAILABLE


def _reachable(value: str) -> str:
    """The URL of an API as this server gives it; LocalStack takes the region out of it, and leaves https."""
    found = _API.fullmatch(value)
    return f"{endpoint_of(found[1], found[2])}{found[3] or ''}" if found else value


def _zip(source_path: Any, base_dir: Any, zip_file: Any) -> None:
    """Inline code becomes a package; LocalStack starts `zip` for it, which not every machine has."""
    archives.create_zip_file_python(base_dir, zip_file)
