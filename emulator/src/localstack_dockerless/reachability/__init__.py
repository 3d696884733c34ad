"""Whether a function reaches a target, and why: a pure analysis of a snapshot of a VPC, in the terms of AWS's own analyzer.

It knows nothing of where the snapshot comes from. https://docs.aws.amazon.com/vpc/latest/reachability/what-is-reachability-analyzer.html
"""

from localstack_dockerless.reachability.analysis import analyze
from localstack_dockerless.reachability.model import Attached, Place, Service, Unattached
from localstack_dockerless.reachability.verdict import Code, Hop, Verdict

__all__ = ["Attached", "Code", "Hop", "Place", "Service", "Unattached", "Verdict", "analyze"]
