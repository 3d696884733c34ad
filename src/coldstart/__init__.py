"""Coldstart: a course on AWS Lambda that runs."""

__version__ = "0.1.0"
