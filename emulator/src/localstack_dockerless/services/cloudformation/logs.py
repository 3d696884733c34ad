"""Resource types of CloudWatch Logs.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Logs.html
"""

from __future__ import annotations

from localstack_dockerless.services.cloudformation.resources import Call, Kind, Model, plugin


def _transformations(model: Model, _before: Model) -> list[Model]:
    """In the words of the API, which begins them with small letters and has dimensions in a map."""
    found = [
        {name[:1].lower() + name[1:]: value for name, value in one.items()}
        for one in model.get("MetricTransformations", [])
    ]
    for one in found:
        if pairs := one.get("dimensions"):
            one["dimensions"] = {pair["Key"]: pair["Value"] for pair in pairs}
    return found


_PUT = Call(
    "put_metric_filter",
    {
        "filterName": "FilterName",
        "filterPattern": "FilterPattern",
        "logGroupName": "LogGroupName",
        "metricTransformations": _transformations,
    },
    of=("MetricTransformations",),
)

metric_filter = plugin(
    "AWS::Logs::MetricFilter",
    Kind(
        "logs",
        "FilterName",
        (_PUT,),
        Call("delete_metric_filter", {"filterName": "FilterName", "logGroupName": "LogGroupName"}),
        replaced=("FilterName", "LogGroupName"),
        name="FilterName",
        changes=(_PUT,),
    ),
)
