"""The face a notebook sees: ``from coldstart import lab``.

Labs are plain boto3. What is here is what boto3 does not do: say which AWS a lab runs on, package handlers and build images,
check exercises, draw a chart or a sequence of calls, give a confidence interval.
"""

from coldstart.lab.calls import Call
from coldstart.lab.face import begin, check, checks, fact, image, locally, sequence, settle, supports, traced, waits
from coldstart.lab.figure import chart, show
from coldstart.lab.interval import interval
from coldstart.lab.packaging import package

__all__ = [
    "Call",
    "begin",
    "chart",
    "check",
    "checks",
    "fact",
    "image",
    "interval",
    "locally",
    "package",
    "sequence",
    "settle",
    "show",
    "supports",
    "traced",
    "waits",
]
