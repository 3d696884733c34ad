"""CloudFormation resource types that LocalStack's free edition has no provider for."""
