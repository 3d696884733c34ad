"""The face a notebook sees: ``from coldstart import lab``.

Labs are plain boto3. What is here is what boto3 does not do: say which AWS a lab runs on, package handlers and build images, check
exercises, draw a chart, give a confidence interval.
"""

from coldstart.lab.face import begin, check, checks, fact, image, locally, settle, supports, waits
from coldstart.lab.figure import chart, show
from coldstart.lab.interval import interval
from coldstart.lab.packaging import package

__all__ = [
    "begin",
    "chart",
    "check",
    "checks",
    "fact",
    "image",
    "interval",
    "locally",
    "package",
    "settle",
    "show",
    "supports",
    "waits",
]
