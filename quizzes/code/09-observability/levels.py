import logging

logger = logging.getLogger()
logger.setLevel("WARNING")


def handler(event, context):
    logger.info("got %s", event["order"])
    if event["amount"] < 0:
        logger.warning("odd amount")
    print("done")
