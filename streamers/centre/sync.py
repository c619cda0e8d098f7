"""The listing in step with what it is made of.

Triggers of those tables lay down, in the transaction of a change, which products it may touch (``ListingChange``).
Web requests bring them in step before they commit (``ListingInStep``), as do acts of the floors above that end with
``in_step``; what else changes goods is brought in step by a task, a second or two later.

Two transactions that change one product must not each write a row without the other's change: whoever writes rows
waits for the others at the product's gate, and reads what it is made of behind it. Gates are taken in order, after
every other lock.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from haowu.ground import days
from haowu.ground.bulk import insert_rows
from haowu.tenants.scope import platform_scope
from merchants.models import Product
from streamers.centre.rows import Row, listing_rows
from streamers.models import Listing, ListingChange

CHUNK = 1_000
GATES = 1_024
GATE_KEY = 0x6C697374
"""The first half of the advisory locks' keys; ours alone in this database."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ListingInStep:
    """Middleware, within the request's transaction: what the request changed is in the listing when it commits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE_METHODS and response.status_code < 500 and not connection.needs_rollback:
            in_step()
        return response


def in_step() -> int:
    """Bring in step what the running transaction has changed; the number of products. At the end of a transaction."""
    mine = ListingChange.objects.of_this_transaction()
    if not connection.in_atomic_block or not mine.exists():
        return 0
    with platform_scope():
        return _drain(mine, days.now())


def catch_up(limit: int = CHUNK) -> int:
    """Bring in step up to ``limit`` changes that are committed; how many there were. For the task; platform scope."""
    with transaction.atomic():
        oldest = ListingChange.objects.order_by("pk").select_for_update(skip_locked=True)[:limit]
        return _drain(ListingChange.objects.filter(pk__any_of=[change.pk for change in oldest]), days.now())


def rebuild(at: datetime) -> Iterator[int]:
    """Make every row anew, a transaction for each chunk of products, while the listing is read; yields their sizes."""
    last = 0
    while products := list(Product.objects.after(last).values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            refresh(products, at)
        last = products[-1]
        yield len(products)


def refresh(products: Sequence[int], at: datetime) -> None:
    """Write the rows of ``products`` (ids) as they are from ``at`` on. Within a transaction, platform scope."""
    ids = sorted(set(products))
    _wait_at_gates(ids)
    wanted = {(row["product_id"], row["valid_from"]): row for row in listing_rows(ids, at)}
    stale: list[int] = []
    for row in Listing.objects.of_products(ids).values():
        known: Row = dict(row)
        pk = known.pop("id")
        place = (known["product_id"], known["valid_from"])
        if wanted.get(place) == known:
            del wanted[place]
        else:
            stale.append(pk)
    Listing.objects.filter(pk__any_of=stale).delete()
    insert_rows(Listing, list(wanted.values()))


def out_of_step(products: Sequence[int], at: datetime) -> list[int]:
    """Those of ``products`` (ids) whose rows, from ``at`` on, are not what they are made of. Platform scope."""
    wanted = {(row["product_id"], row["valid_from"]): row for row in listing_rows(sorted(products), at)}
    found: set[int] = set()
    for row in Listing.objects.of_products(products).filter(valid_until__gt=at).values():
        known: Row = {name: value for name, value in row.items() if name != "id"}
        known["valid_from"] = days.BEGINNING if known["valid_from"] <= at else known["valid_from"]
        if wanted.pop((known["product_id"], known["valid_from"]), None) != known:
            found.add(known["product_id"])
    return sorted(found | {product for product, _valid_from in wanted})


def _drain(changes: QuerySet[ListingChange], at: datetime) -> int:
    rows = list(changes.order_by("pk").values_list("pk", "product_id"))
    products = sorted({product for _pk, product in rows})
    for start in range(0, len(products), CHUNK):
        refresh(products[start : start + CHUNK], at)
    ListingChange.objects.filter(pk__any_of=[pk for pk, _product in rows]).delete()
    return len(products)


def _wait_at_gates(products: Iterable[int]) -> None:
    gates = sorted({product % GATES for product in products})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, gate) FROM unnest(%s) AS gate", [GATE_KEY, gates])
