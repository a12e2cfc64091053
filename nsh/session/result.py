"""What came of performing some statements."""

from nsh.session.history import Step


class Result:
    """The steps that were taken, and what they add up to.

    A session that does not keep its steps leaves out most of those that nobody hears of.
    """

    def __init__(self, steps: list[Step], status: int) -> None:
        self.steps = steps
        self.status = status
        """``$?`` after them."""

    @property
    def ok(self) -> bool:
        """No command failed untested, no expectation failed, nothing was given up."""
        return not any(step.failed for step in self.steps)

    def _text(self, *, errors: bool) -> str:
        pieces = (out for step in self.steps for out in step.output)
        return "".join(out.text for out in pieces if (out.fd == 2) is errors)

    @property
    def stdout(self) -> str:
        """What was written on terminals through any descriptor but 2."""
        return self._text(errors=False)

    @property
    def stderr(self) -> str:
        """What was written on terminals through descriptor 2."""
        return self._text(errors=True)

    @property
    def output(self) -> str:
        """Both, in order."""
        return "".join(out.text for step in self.steps for out in step.output)

    @property
    def messages(self) -> list[str]:
        """What nsh itself had to say: failed expectations, traced calls, why it gave up."""
        return [step.message for step in self.steps if step.message]
