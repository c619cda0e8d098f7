from collections.abc import Callable
from types import SimpleNamespace

from tests.build import moment

Line = tuple[str, str, str, Callable[[], object]]
AT, LATER = moment("2024-06-01 10:00"), moment("2024-06-01 14:00")


class Kept(SimpleNamespace):
    """What one line of a story made, for the lines after it."""

    def keep(self, **made: object) -> None:
        self.__dict__.update(made)
