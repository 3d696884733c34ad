"""The same routes behind each kind of front, with the event handler of Powertools for it."""

from aws_lambda_powertools.event_handler import (
    ALBResolver,
    APIGatewayHttpResolver,
    APIGatewayRestResolver,
    CORSConfig,
    LambdaFunctionUrlResolver,
    Response,
)
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.router import Router
from aws_lambda_powertools.shared.cookies import Cookie

router = Router()
cors = CORSConfig(allow_origin="https://shop.example")
FRONTS = {
    "alb": ALBResolver(cors=cors),
    "rest": APIGatewayRestResolver(cors=cors),
    "http": APIGatewayHttpResolver(cors=cors),
    "url": LambdaFunctionUrlResolver(cors=cors),
}


@router.get("/orders/<number>")
def show(number):
    if number == "none":
        raise NotFoundError("there is no such order")
    query, headers = router.current_event.resolved_query_string_parameters, router.current_event.resolved_headers_field
    return {"number": number, "colour": first(query.get("colour")), "agent": first(headers.get("x-agent"))}


def first(value):
    """Where the front tells all values of a name, the first."""
    return value[0] if isinstance(value, list) else value


@router.post("/orders")
def take():
    body = router.current_event.json_body
    return Response(201, "application/json", {"taken": body}, cookies=[Cookie("order", "1"), Cookie("seen", "yes")])


@router.get("/picture")
def picture():
    return Response(200, "image/png", bytes(range(256)))


for resolver in FRONTS.values():
    resolver.include_router(router)


def kind(event):
    context = event["requestContext"]
    if "elb" in context:
        return "alb"
    if "http" not in context:
        return "rest"
    return "url" if "lambda-url" in context["domainName"] else "http"


def handler(event, context):
    return FRONTS[kind(event)].resolve(event, context)
