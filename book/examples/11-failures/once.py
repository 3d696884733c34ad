charged = boto3.resource("dynamodb").Table("charged")
already = charged.meta.client.exceptions.ConditionalCheckFailedException


def remember(payment):
    """Say whether this payment is new, and remember it."""
    try:
        charged.put_item(
            Item={"payment": payment},
            ConditionExpression="attribute_not_exists(payment)",
        )
    except already:
        return False
    return True


print(remember("P-1"), remember("P-1"))
