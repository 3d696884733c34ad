"""Corrections of LocalStack's STS and Lambda: what a session is limited to, and what functions need of their roles."""
