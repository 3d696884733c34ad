"""Who may do what: IAM's policies, evaluated as AWS does, and applied to the calls of roles and users.

`engine` decides, from policies that `documents` has read, and imports nothing of LocalStack. It is our own, for moto's
(`moto.iam.access_control`) knows conditions, principals and resource-based policies as remarks on what is missing only,
and takes a statement whose conditions do not hold for a denial.
"""
