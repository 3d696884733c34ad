"""CloudWatch Logs: filter patterns and metric filters, which LocalStack leaves to its paid edition."""
