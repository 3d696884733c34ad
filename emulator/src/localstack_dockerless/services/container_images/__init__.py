"""Functions from container images.

`rules` checks the requests as AWS does, `image` is what LocalStack's Lambda keeps of a function's image, `unpacked` has the
image's files on this machine, and `launch` says how a program in it is started.

https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
"""

from __future__ import annotations


def apply() -> None:
    """Add it to LocalStack's Lambda; once in a server's life, before the first function exists."""
    from localstack_dockerless.services.container_images import rules

    rules.apply()
