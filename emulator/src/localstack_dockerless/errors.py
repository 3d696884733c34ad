"""The one exception that a person is meant to read."""


class DockerlessError(Exception):
    """Something a person can mend: one sentence that says what to do."""
