"""EFS: file systems that functions share.

`service` corrects moto's control plane, and `settings` keeps and checks a function's FileSystemConfigs. `mounting` brings
a function's environments the directory of its access point, found by `access_points` and made and judged by `files`.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-efs.html
"""

from __future__ import annotations


def apply() -> None:
    """Add it to LocalStack's Lambda; once in a server's life, before the first function exists."""
    from localstack_dockerless.services.efs import mounting, settings

    settings.apply()
    mounting.apply()
