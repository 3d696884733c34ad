"""Functions attached to a VPC, through Hyperplane network interfaces.

`settings` checks and keeps a function's VpcConfig, `interfaces` makes and removes the network interfaces, `lifecycle` has
that done at the right moments of a function's life, and `ec2` corrects what moto's EC2 shows of them.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
"""

from __future__ import annotations


def apply() -> None:
    """Add all of it to LocalStack's Lambda; once in a server's life, before the first function exists."""
    from localstack_dockerless.services.vpc import lifecycle, settings

    settings.apply()
    lifecycle.apply()
