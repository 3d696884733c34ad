"""AWS services beside Lambda, as far as a function meets them.

Each is moto's or LocalStack's own, corrected where a function would see something AWS does not do. `providers.py` names
them all; a service that needs more than a correction has a package of its own here.
"""
