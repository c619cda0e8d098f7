"""How the business says no: a ``Refused`` with a stable code and a sentence for people. Bugs raise other things.

Doors turn a ``Refused`` into a form error, a line of a report, or an RFC 9457 problem. Texts may be lazy
translations; this module needs no framework for that.
"""

from typing import Any, ClassVar


class Refused(Exception):
    """A refusal. ``code`` is stable and machine-readable, ``message`` says what to do, ``facts`` feed both."""

    code: ClassVar[str] = "REFUSED"
    text: ClassVar[Any] = ""
    status: ClassVar[int] = 422

    def __init__(self, text: Any = None, **facts: Any) -> None:
        self.facts = facts
        self._text = self.text if text is None else text
        super().__init__(self.code)

    @property
    def message(self) -> str:
        return str(self._text).format(**self.facts) if self.facts else str(self._text)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class NotFound(Refused):
    """Missing, or another tenant's: the same answer for both."""

    code = "NOT_FOUND"
    status = 404


def single(answers: list[Any]) -> Any:
    """The one answer of an act that answers per item; raised when it is a refusal."""
    (answer,) = answers
    if isinstance(answer, Refused):
        raise answer
    return answer
