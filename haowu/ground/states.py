"""States as a table of moves, applied by one guarded UPDATE, so that two hands cannot make the same move twice."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused

Moves = dict[str, tuple[tuple[str, ...], str]]


class MoveRefused(Refused):
    code = "STATE_REFUSED"
    text = _("当前状态为「{status}」，不能执行「{move}」。请刷新后查看最新状态。")
    status = 409


class HasStates:
    """For models with ``status`` and ``MOVES = {"approve": (("pending",), "passed")}``."""

    MOVES: Moves = {}
    last_move: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    """What the last ``move`` of this instance changed: the fields before and after."""

    def move(self, name: str, /, **changes: Any) -> None:
        """Make the move ``name`` and set ``changes`` in one UPDATE that holds only from the move's origins.

        Raises MoveRefused, and changes nothing, when the row has left those origins.
        """
        origins, target = self.MOVES[name]
        rows = type(self)._base_manager.filter(pk=self.pk, status__in=origins)  # type: ignore[attr-defined]
        if not rows.update(status=target, **changes):
            self.refresh_from_db(fields=["status"])  # type: ignore[attr-defined]
            raise MoveRefused(status=self.get_status_display(), move=name)  # type: ignore[attr-defined]
        changes = {"status": target} | changes
        before = self._columns(changes)
        for field, value in changes.items():
            setattr(self, field, value)
        self.last_move = (before, self._columns(changes))

    def _columns(self, names: Iterable[str]) -> dict[str, Any]:
        """Of another row its id: naming what changed must not read it."""
        columns = [self._meta.get_field(name).attname for name in names]  # type: ignore[attr-defined]
        return {column: getattr(self, column) for column in columns}
