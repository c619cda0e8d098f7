"""``record``: the one function with which every act says, in its own transaction, what it did.

Who acts and in which request is known to the doors (``actors``, ``request_ids``). Acts on many rows record them with
one statement, a row for each thing that was changed, so that every product and plan has its own history.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.db import connection, models

from haowu.approvals import actors
from haowu.approvals.actors import Actor, ActorKind
from haowu.approvals.models import LANES, MAX_REASON, Trail
from haowu.approvals.words import Act, Subject
from haowu.ground.bulk import opened, type_of
from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, User
from haowu.tenants.recording import Entry
from haowu.web import request_ids


class Sides(TypedDict):
    """Who may read an entry."""

    tenant: Tenant | int | None
    counterparty: Tenant | int | None


class Changed(TypedDict):
    """The facts that an act changed, as they were and as they are."""

    before: dict[str, Any]
    after: dict[str, Any]


def record(
    act: str,
    subject_kind: str,
    subject: object,
    *,
    at: datetime,
    by: User | None = None,
    reason: str = "",
    **details: Any,
) -> None:
    """Write that ``act`` was done to ``subject`` (its public reference). ``details``: the other fields of ``Entry``.

    ``by`` is the user where the act knows one; whom the door named otherwise.
    """
    acting_for = details.pop("acting_for", None)
    record_many(act, [Entry(subject_kind, subject, **details)], at=at, by=by, reason=reason, acting_for=acting_for)


def record_many(
    act: str,
    entries: Iterable[Entry],
    *,
    at: datetime | None = None,
    by: User | None = None,
    reason: str = "",
    acting_for: Tenant | int | None = None,
) -> None:
    """``record`` for each of ``entries`` in one statement; each has its own moment where ``at`` is left out."""
    common = _common(act, by, reason, acting_for)
    rows = [{"subject": str(entry.subject)[:100], "at": entry.at or at} | common | _row(entry) for entry in entries]
    if rows:
        _insert(rows)


def record_selected(act: str, statement: str, parameters: list[Any], *, count: int, at: datetime) -> None:
    """``record_many`` of the ``count`` things that ``statement`` selects; they need not come to Python for it.

    Its columns: ``subject_kind``, ``subject``, ``tenant_id``, ``before`` and ``after`` as jsonb.
    """
    if not count:
        return
    common = {"at": at} | _common(act, None, "", None)
    types = {field.column: type_of(field) for field in Trail._meta.concrete_fields}
    values = ", ".join(f"%s::{types[name]}" for name in common)
    sql = _INSERT_SELECTED.format(statement=statement, columns=", ".join(common), values=values, lanes=LANES)
    with connection.cursor() as cursor:
        cursor.execute(sql, [count, *parameters, *common.values(), count])
        if cursor.rowcount != count:
            raise RuntimeError(f"{cursor.rowcount} rows for the trail where {count} were written")


def _common(act: str, by: User | None, reason: str, acting_for: Tenant | int | None) -> dict[str, Any]:
    """What is the same for all rows of one act."""
    actor = _actor(by, acting_for)
    return {
        "actor_kind": str(actor.kind),
        "actor": actor.name,
        "role": actor.role,
        "user_id": actor.user_id,
        "acting_for_id": actor.acting_for,
        "act": Act(act).value,
        "reason": reason[:MAX_REASON],
        "request_id": request_ids.current(),
    }


def _insert(rows: list[dict[str, Any]]) -> None:
    """Store ``rows`` with the next numbers of a lane that no other act holds, in one statement."""
    selected, values = opened(Trail, rows)
    columns = ", ".join(rows[0])
    sql = _INSERT.format(columns=columns, selected=selected, lanes=LANES)
    with connection.cursor() as cursor:
        cursor.execute(sql, [len(rows), *values, len(rows)])
        if cursor.rowcount != len(rows):
            raise RuntimeError("the trail has no lanes")


def facts(row: models.Model, *names: str) -> dict[str, Any]:
    """``{field: value}`` of ``row``, for ``before`` and ``after``."""
    return {name: getattr(row, name) for name in names}


def moved(row: HasStates) -> Changed:
    """``before`` and ``after`` of the last move of ``row``."""
    before, after = row.last_move
    return {"before": before, "after": after}


def _actor(by: User | None, acting_for: Tenant | int | None) -> Actor:
    known = actors.current()
    if by is not None and by.pk != known.user_id:
        known = Actor(ActorKind.USER, by.get_username(), by.pk)
    if acting_for is None:
        return known
    return Actor(known.kind, known.name, known.user_id, _id(acting_for), known.role)


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "subject_kind": Subject(entry.subject_kind).value,
        "tenant_id": _id(entry.tenant),
        "counterparty_id": _id(entry.counterparty),
        "before": _plain(entry.before),
        "after": _plain(entry.after),
    }


def _id(tenant: Tenant | int | None) -> int | None:
    return tenant.pk if isinstance(tenant, Tenant) else tenant


def _plain(value: Any) -> Any:
    """``value`` as JSON has it: moments and days as ISO text, rows by their name."""
    match value:
        case None | bool() | int() | str():
            return value if not isinstance(value, str) else str(value)
        case dict():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(inner) for inner in value]
        case datetime() | date():
            return value.isoformat()
        case Decimal() | float():
            raise TypeError("the trail holds whole fen and bps, no fractions")
    return str(value)


_LANE = """
WITH lane AS (
    UPDATE approvals_traillane SET rows = rows + %s WHERE lane = coalesce(
        (SELECT lane FROM approvals_traillane ORDER BY (lane + pg_backend_pid()) %% {lanes} LIMIT 1
         FOR UPDATE SKIP LOCKED),
        pg_backend_pid() %% {lanes}
    ) RETURNING lane, rows
)"""
"""A session begins with the lane of its own, so that an act of many statements stays in one. Where all are held it
waits."""

_INSERT = f"""{_LANE}, given AS ({{selected}})
INSERT INTO approvals_trail ({{columns}}, lane, number)
SELECT given.*, lane.lane, lane.rows - %s + row_number() OVER () FROM given CROSS JOIN lane
"""
_INSERT_SELECTED = f"""{_LANE}, given AS ({{statement}})
INSERT INTO approvals_trail (subject_kind, subject, tenant_id, before, after, {{columns}}, lane, number)
SELECT given.subject_kind, left(given.subject, 100), given.tenant_id, given.before, given.after, {{values}},
       lane.lane, lane.rows - %s + row_number() OVER () FROM given CROSS JOIN lane
"""
