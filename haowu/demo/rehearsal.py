"""A live session played in the demo: goods brought on, visitors who click, buyers who order, some of whom give back.

Nothing is made up behind the house's back: clicks go the way of every click, orders come as events of the demo's order
source through intake. Each turn is one short task that asks for the next one.
"""

import random
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction

from commissions.orders.intake import receive
from haowu.demo.retail import replay
from haowu.ground import days
from haowu.tenants.scope import platform_scope
from streamers.clicks import waiting
from streamers.clicks.storing import NewClick
from streamers.links import making
from streamers.live import running
from streamers.models import Link, LiveSession, SessionItem

TURN = "haowu.demo.tasks.play_session"
TURNS = 60
PAUSE_SECONDS = 3.0
VISITORS = (6, 18)
BUYS_ONE_IN = 7
GIVES_BACK_ONE_IN = 12


def begin(session: LiveSession, *, at: datetime) -> None:
    """Make the session's links, go live, and ask for the first turn once that is committed."""
    wishes = [making.NewLink(item.pick.pid, session.public_id) for item in _items(session)]
    making.make_many(session.streamer, wishes[: making.MOST], at=at)
    running.start(session, at=at)
    transaction.on_commit(lambda: current_app.send_task(TURN, (session.pk, 1)))


@transaction.atomic
def play_turn(session_id: int, turn: int, *, at: datetime) -> bool:
    """One turn; whether another one is to follow. The last one ends the session."""
    with platform_scope():
        session = LiveSession.objects.live().filter(pk=session_id).select_related("streamer").first()
        if session is None:
            return False
        items = _items(session)
        if turn > TURNS or not items:
            running.end(session, at=at)
            return False
        chance = random.Random(f"{session.public_id} {turn}")
        shown = items[min((turn - 1) * len(items) // TURNS, len(items) - 1)]
        if shown.presented_at is None:
            running.present(session, shown.pk, at=at)
        _visit(session, shown, turn, chance, at)
        return True


def _visit(session: LiveSession, shown: SessionItem, turn: int, chance: random.Random, at: datetime) -> None:
    link = Link.objects.visible_to(session.streamer).marked(session.public_id).filter(pick=shown.pick_id).first()
    events = []
    for visitor in range(chance.randint(*VISITORS)):
        if link is not None:
            ago = timedelta(seconds=chance.uniform(0, PAUSE_SECONDS))
            waiting.put(NewClick(link.pk, chance.getrandbits(63), max(at - ago, session.started_at or at)))
        if chance.randrange(BUYS_ONE_IN) == 0:
            events += _order(session, shown, f"live-{session.public_id}-{turn}-{visitor}", chance, at)
    if events:
        receive(replay.source(), events, now=days.now())


def _order(
    session: LiveSession, shown: SessionItem, number: str, chance: random.Random, at: datetime
) -> list[dict[str, object]]:
    """Paid, by chance with a second piece; one in twelve is given back at once."""
    sku = shown.product.skus.order_by("price_fen", "pk")[0]
    pieces, said = chance.choice((1, 1, 1, 2)), at.isoformat()
    line = {
        "line_no": 1,
        "product": {"merchant": shown.product.merchant.code, "code": shown.product.code},
        "quantity": pieces,
        "price_fen": sku.price_fen * pieces,
        "pid": shown.pick.pid,
        "sub_id": session.public_id,
    }
    paid = {"ordered_at": said, "buyer_ref": f"b{chance.randrange(4000)}", "lines": [line]}
    events: list[dict[str, object]] = [
        {"event_id": f"{number}:paid", "type": "paid", "order_no": number, "occurred_at": said} | paid
    ]
    if chance.randrange(GIVES_BACK_ONE_IN) == 0:
        back = {"refund_no": f"{number}-r", "goods_fen": sku.price_fen * pieces}
        events.append(
            {"event_id": f"{number}:refunded", "type": "refunded", "order_no": number, "occurred_at": said} | back
        )
    return events


def _items(session: LiveSession) -> list[SessionItem]:
    rows = SessionItem.objects.of_session(session).select_related("pick", "product__merchant")
    return list(rows.order_by("position"))
