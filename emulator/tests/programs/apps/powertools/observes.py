"""A handler that logs, measures and traces with Powertools."""

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(service="shop")
metrics = Metrics(namespace="Shop", service="shop")
tracer = Tracer(service="shop")


@tracer.capture_method
def priced(order):
    tracer.put_annotation("order", order["id"])
    metrics.add_metric(name="Price", unit=MetricUnit.Count, value=order["price"])
    return order["price"] * 2


@logger.inject_lambda_context(correlation_id_path="id")
@metrics.log_metrics(capture_cold_start_metric=True)
@tracer.capture_lambda_handler
def handler(event, context):
    logger.append_keys(order=event["id"])
    logger.info("an order came in", extra={"price": event["price"]})
    logger.debug("nobody sees this")
    if event["price"] < 0:
        raise ValueError("no such price")
    return priced(event)
