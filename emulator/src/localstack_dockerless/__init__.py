"""LocalStack in host mode that runs Lambda functions as local processes."""

__version__ = "0.1.0"
