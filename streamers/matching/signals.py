"""What streamers do with goods, and how much each deed says. What floors above count comes here; picks have rows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction

from haowu.ground.bulk import insert_rows, opened
from haowu.tenants.scope import platform_scope
from streamers.models import CountedDay, Interaction

CHUNK = 5_000
PICKED = 1.0
WEIGHTS = {Interaction.Kind.SOLD: 2.0}
"""What an interaction weighs beside a pick, by its kind. One that happened often weighs no more than one that happened:
what sells much is weighed by its own figures."""


def counted_days() -> set[date]:
    """The nights whose settled sales are in. Platform scope."""
    return set(CountedDay.objects.filter(kind=Interaction.Kind.SOLD).values_list("day", flat=True))


def add_sold(times: Mapping[tuple[int, int], int], *, on: date) -> bool:
    """Add what was settled in the night of ``on``: by (streamer id, product id). False where that night is in already.

    Within a transaction, so that a night is in whole or not at all.
    """
    with transaction.atomic(), platform_scope():
        if not insert_rows(
            CountedDay, [{"kind": Interaction.Kind.SOLD, "day": on}], conflict=["kind", "day"], returning="id"
        ):
            return False
        rows = [
            {"streamer_id": streamer, "product_id": product, "kind": Interaction.Kind.SOLD, "times": n, "last_on": on}
            for (streamer, product), n in sorted(times.items())
        ]
        for start in range(0, len(rows), CHUNK):
            _add(rows[start : start + CHUNK])
    return True


def _add(rows: list[dict[str, Any]]) -> None:
    """The times are added to those known; of two dates the later one stays."""
    selected, values = opened(Interaction, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO streamers_interaction AS known ({', '.join(rows[0])}) {selected}"
            " ON CONFLICT (streamer_id, product_id, kind) DO UPDATE SET times = known.times + excluded.times,"
            " last_on = greatest(known.last_on, excluded.last_on)",
            values,
        )
