"""What an invocation leaves in CloudWatch: log events and metrics, written in batches and past the gateway.

LocalStack sends itself two or more HTTP requests per invocation for them, which is most of a warm invocation's time.
"""
