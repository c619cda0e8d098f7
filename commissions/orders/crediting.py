"""Which links and live sessions order lines belong to, and what they came to. Derived from the lines, never stored.

A line came through the link that has its pid and its mark. It belongs to the session of its streamer that its mark
names; else to the one that ran when it was ordered, ``[started_at, ended_at)``. Real sessions of a streamer never
overlap (the database says so) and a mark names one at most, so that a line belongs to at most one (rulebook §22).
"""

from collections.abc import Collection
from typing import Any

from django.db import connection

from haowu.tenants.models import Tenant
from streamers.models import Link, LiveSession
from streamers.sold import NOTHING, SalesAbove, SessionSold, Sold

SLICE_SECONDS = 600

NAMED_BY_MARK = """
    EXISTS (SELECT FROM streamers_livesession AS named WHERE named.public_id = line.sub_id
            AND named.streamer_id = line.streamer_id AND named.status <> 'cancelled')
"""
BELONGS = f"""
    line.streamer_id = session.streamer_id AND session.status <> 'cancelled' AND (
        line.sub_id = session.public_id
        OR line.ordered_at >= session.started_at AND line.ordered_at < coalesce(session.ended_at, 'infinity')
        AND NOT (line.sub_id <> '' AND {NAMED_BY_MARK})
    )
"""
"""``line`` is an order line, ``session`` a live session."""

_NET_OF = {
    Tenant.Kind.STREAMER: ("{0}streamer_fen - {0}streamer_fee_fen",),
    Tenant.Kind.MERCHANT: ("{0}streamer_fen", "{0}first_leader_fen", "{0}second_leader_fen", "{0}provider_fen"),
    Tenant.Kind.TUANZHANG: (
        "CASE WHEN {1}first_leader_id = %(party)s THEN {0}first_leader_fen - {0}first_leader_fee_fen ELSE 0 END",
        "CASE WHEN {1}second_leader_id = %(party)s THEN {0}second_leader_fen - {0}second_leader_fee_fen ELSE 0 END",
    ),
}
"""What a party gets by a line, or pays as its merchant; ``{0}`` before the amounts, ``{1}`` before the parties."""
_PART_OF = {
    Tenant.Kind.STREAMER: "line.streamer_id = %(party)s",
    Tenant.Kind.MERCHANT: "line.merchant_id = %(party)s",
    Tenant.Kind.TUANZHANG: "%(party)s IN (line.first_leader_id, line.second_leader_id)",
}

# ``found`` is the lines; ``adjusted`` what refunds after their night have left of some; ``booked`` what nights booked.
_SUMS = """
    WITH found AS MATERIALIZED ({found}),
    adjusted AS (
        SELECT DISTINCT ON (line_id) line_id, base_fen FROM commissions_adjustment
        WHERE line_id IN (SELECT id FROM found) ORDER BY line_id, day DESC
    ),
    booked AS (
        SELECT phase.line_id, sum({booked}) AS fen FROM found
        JOIN commissions_settlement AS phase ON (phase.line_id, phase.merchant_id) = (found.id, found.merchant_id)
        GROUP BY phase.line_id
    ),
    facts AS (
        SELECT found.*, coalesce(adjusted.base_fen, found.due_base_fen) AS kept_fen,
            coalesce(booked.fen, 0) AS settled_fen
        FROM found LEFT JOIN adjusted ON adjusted.line_id = found.id LEFT JOIN booked ON booked.line_id = found.id
    )
    SELECT {keys}, count(DISTINCT order_id), count(DISTINCT (source_id, buyer_ref)) FILTER (WHERE buyer_ref <> ''),
        count(*), count(received_at), count(*) FILTER (WHERE received_at IS NOT NULL AND kept_fen > 0), sum(quantity),
        sum(paid_fen), sum(kept_fen), sum(estimate_fen), sum(settled_fen)
    FROM facts GROUP BY {grouping}
"""
_COLUMNS = """
    line.id, line.merchant_id, line.order_id, line.source_id, line.buyer_ref, line.product_id, line.ordered_at,
    line.quantity, line.received_at, line.paid_fen, line.due_base_fen, {estimate} AS estimate_fen
"""


def of_links(streamer: Tenant, links: Collection[Link]) -> dict[int, Sold]:
    """What sold through each of ``links``, all of this streamer; every line since the link was made."""
    if not links:
        return {}
    found = f"""
        SELECT {_columns(streamer)}, link.id AS link_id FROM streamers_link AS link
        JOIN streamers_pick AS pick ON pick.id = link.pick_id
        JOIN commissions_orderline AS line ON line.streamer_id = link.streamer_id
            AND line.pid = pick.pid AND line.sub_id = link.sub_id
        WHERE link.id = ANY(%(links)s) AND line.streamer_id = %(party)s AND line.ordered_at >= %(since)s
          AND line.ordered_at >= link.made_at
    """
    values = {"links": [link.pk for link in links], "since": min(link.made_at for link in links)}
    return {key: sold for (key,), sold in _sums(streamer, found, "link_id", "link_id", values)}


def of_sessions(sessions: Collection[LiveSession], party: Tenant) -> dict[int, Sold]:
    """What belongs to each of ``sessions``, as ``of_session`` adds it up; those with nothing are left out."""
    if not sessions:
        return {}
    found = f"""
        SELECT {_columns(party)}, session.id AS session_id
        FROM streamers_livesession AS session JOIN commissions_orderline AS line ON {BELONGS}
        WHERE session.id = ANY(%(sessions)s) AND {_PART_OF[Tenant.Kind(party.kind)]}
    """
    values = {"sessions": [session.pk for session in sessions]}
    return {key: sold for (key,), sold in _sums(party, found, "session_id", "session_id", values)}


def of_session(session: LiveSession, party: Tenant) -> SessionSold:
    """What belongs to ``session``, as far as ``party`` (streamer, merchant, leader) has a role in it."""
    found = f"""
        SELECT {_columns(party)}, to_timestamp(floor(extract(epoch FROM line.ordered_at) / {SLICE_SECONDS})
            * {SLICE_SECONDS}) AS slice
        FROM streamers_livesession AS session JOIN commissions_orderline AS line ON {BELONGS}
        WHERE session.id = %(session)s AND line.streamer_id = %(streamer)s AND {_PART_OF[Tenant.Kind(party.kind)]}
    """
    values = {"session": session.pk, "streamer": session.streamer_id}
    total, by_product, by_slice = NOTHING, {}, {}
    grouping = "GROUPING SETS ((), (product_id), (slice))"
    for (product, begin), sold in _sums(party, found, "product_id, slice", grouping, values):
        if product is not None:
            by_product[product] = sold
        elif begin is not None:
            by_slice[begin] = sold
        else:
            total = sold
    return SessionSold(total, by_product, by_slice)


def _columns(party: Tenant) -> str:
    return _COLUMNS.format(estimate=_net(party, "line.estimate_", "line."))


def _net(party: Tenant, amounts: str, parties: str) -> str:
    return " + ".join(each.format(amounts, parties) for each in _NET_OF[Tenant.Kind(party.kind)])


def _sums(
    party: Tenant, found: str, keys: str, grouping: str, values: dict[str, Any]
) -> list[tuple[tuple[Any, ...], Sold]]:
    """``[(keys, sold)]``, of what the caller's scope shows and ``party`` has a role in."""
    number = len(keys.split(","))
    statement = _SUMS.format(found=found, booked=_net(party, "phase.", "phase."), keys=keys, grouping=grouping)
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"party": party.pk})
        rows = cursor.fetchall()
    return [(row[:number], Sold(*(int(amount or 0) for amount in row[number:]))) for row in rows]


SALES = SalesAbove(of_links, of_sessions, of_session)
