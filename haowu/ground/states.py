"""States as a table of moves. Nothing else assigns ``status`` (tests/house/test_states.py).

Three ways to make a move, by who guards it:

* ``row.move(name)``: one guarded UPDATE, so that two hands cannot make the same move twice;
* ``move_all(rows, name)``: the same for many rows, all of them or none;
* ``row.move_in_memory(name)``: for a row that the caller has locked and writes itself, with what else changed.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
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
    """What the last move of this instance changed: the fields before and after."""

    def move(self, name: str, /, **changes: Any) -> None:
        """Make the move ``name`` and set ``changes`` in one UPDATE that holds only from the move's origins.

        Raises MoveRefused, and changes nothing, when the row has left those origins.
        """
        origins, target = self.MOVES[name]
        row: Any = self  # a model's, whose attributes this class does not have
        rows = type(row)._base_manager.filter(pk=row.pk, status__in=origins)
        if not rows.update(status=target, **changes):
            self.refresh_from_db(fields=["status"])  # type: ignore[attr-defined]
            raise self._refusal(name)
        self._set({"status": target} | changes)

    def move_in_memory(self, name: str, /, **changes: Any) -> list[str]:
        """Make the move on this instance alone; returns the names of the fields that the caller has to write.

        The caller has locked the row since it read it, or has just made it. Raises MoveRefused from another origin.
        """
        origins, target = self.MOVES[name]
        if self.status not in origins:  # type: ignore[attr-defined]
            raise self._refusal(name)
        self._set({"status": target} | changes)
        return ["status", *changes]

    def _set(self, changes: dict[str, Any]) -> None:
        before = self._columns(changes)
        for field, value in changes.items():
            setattr(self, field, value)
        self.last_move = (before, self._columns(changes))

    def _columns(self, names: Iterable[str]) -> dict[str, Any]:
        """Of another row its id: naming what changed must not read it."""
        row: Any = self
        columns = [row._meta.get_field(name).attname for name in names]
        return {column: getattr(self, column) for column in columns}

    def _refusal(self, name: str) -> MoveRefused:
        return MoveRefused(status=self.get_status_display(), move=name)  # type: ignore[attr-defined]


def move_all(rows: Collection[HasStates], name: str, /, **changes: Any) -> None:
    """Make the move ``name`` of each of ``rows``, all of one model, and set ``changes``, in one guarded UPDATE.

    Raises MoveRefused, and changes nothing, when one of them has left the move's origins. Lock the rows before they are
    judged, so that this cannot happen in between.
    """
    if not rows:
        return
    some = next(iter(rows))
    origins, target = some.MOVES[name]
    ids = {row.pk for row in rows}  # type: ignore[attr-defined]
    movable = type(some)._base_manager.filter(pk__in=ids, status__in=origins)  # type: ignore[attr-defined]
    with transaction.atomic():
        is_done = movable.update(status=target, **changes) == len(ids)
        transaction.set_rollback(not is_done)
    if not is_done:
        for row in rows:
            row.refresh_from_db(fields=["status"])  # type: ignore[attr-defined]
        raise next((row for row in rows if row.status not in origins), some)._refusal(name)  # type: ignore[attr-defined]
    for row in rows:
        row._set({"status": target} | changes)
