"""Corrections of LocalStack's IAM and STS: session policies, whose session a token is, and the roles of functions."""
