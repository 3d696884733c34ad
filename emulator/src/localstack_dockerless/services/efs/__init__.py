"""EFS: file systems that functions share.

`service` corrects moto's control plane, `settings` keeps and checks a function's FileSystemConfigs, `files` has the
directories and says which of them a function finds below /mnt.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-efs.html
"""

from __future__ import annotations


def apply() -> None:
    """Add it to LocalStack's Lambda; once in a server's life, before the first function exists."""
    from localstack_dockerless.services.efs import mounting, settings

    settings.apply()
    mounting.apply()
