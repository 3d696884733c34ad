"""Application Load Balancers with Lambda functions behind them.

The control plane is moto's ELBv2, corrected (`control.py`); moto has no data plane, so that is our own: `front.py`
recognizes a request for a load balancer, `plane.py` finds what its listener does with it, `event.py` and `answer.py`
translate between HTTP and the function, and `health.py` sends health checks.
"""
