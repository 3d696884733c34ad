"""What goes wrong in a way that a person can mend."""


class CourseError(Exception):
    """A fault told in one sentence that says what to do.

    Args:
        message: The sentence.
        status: Exit status of a command that ends with it: 1 for a failure, 2 for wrong usage.
    """

    def __init__(self, message: str, *, status: int = 1) -> None:
        super().__init__(message)
        self.status = status

    def _render_traceback_(self) -> list[str]:
        """In a notebook, too, the sentence is all there is to see."""
        return [str(self)]
