"""A handler that reads its settings and its secret with Powertools."""

from aws_lambda_powertools.utilities import parameters


def handler(event, context):
    return {
        "one": parameters.get_parameter("/shop/currency"),
        "several": parameters.get_parameters("/shop/limits", transform="json"),
        "hidden": parameters.get_parameter("/shop/key", decrypt=True),
        "secret": parameters.get_secret("shop/door", transform="json"),
    }
