"""One of everything, so that every page has something to show: who acts on it, and the real parts of each address."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bases import booking
from bases.models import QuarantinedRow, Room
from commissions.cases import disputes
from commissions.leaders import levelling
from commissions.models import OrderLine
from commissions.payments import withdrawals
from haowu.tenants.models import Tenant, User
from merchants.importing import applying
from merchants.models import Plan
from streamers import arranging
from streamers.links import making
from streamers.live import planning, running
from tests import build
from tests.bases import agreed, base, feed
from tests.browser import NOW, browser
from tuanzhang import changes, enrolling, recommending, second_level
from tuanzhang.models import Activity, Enrolment
from tuanzhang.recommending import NewRecommendation

AT = build.moment(NOW)
PARTS = {
    "account": "available",
    "day": "2024-06-09",
    "month": "2024-06",
    "quarter": "2024Q1",
    "kind": "commission",
    "ending": "csv",
}
"""What addresses are made of beside ids."""


@dataclass
class Market:
    parties: dict[str, Tenant]
    ids: dict[str, dict[str, str]]
    """``{name of a page: {part: value}}``; other pages take ``PARTS``."""

    def client(self, kind: str) -> Client:
        """Signed in as an owner of that kind of tenant; a failed request answers rather than raises."""
        if kind == "staff":
            client = Client()
            client.force_login(User.objects.create_superuser("staff", password=build.PASSWORD))
        else:
            client = browser(self.parties[kind])
        client.raise_request_exception = False
        return client

    def parts(self, page: str) -> dict[str, str]:
        return PARTS | self.ids.get(page, {})


def market() -> Market:
    """A merchant, a streamer, two leaders and a base who have done everything with one another once."""
    shop, seller = build.merchant("m1"), build.streamer("s1")
    lead, partner = build.leader("l1"), build.leader("l2")
    goods, more = build.product(shop, "p1"), build.product(shop, "p2")
    build.normal_plan(goods, 1250)
    targeted = build.listed_plan(more, "item_targeted", {seller: 2000})
    ids = _cooperation(shop, seller, lead, partner, goods, more)
    ids |= _orders(shop, seller, goods)
    levelling.close_quarter(date(2024, 1, 1), at=AT)
    made, of_base = _base(seller)
    ids |= of_base
    for name in ("product", "list-product", "delist-product", "add-picture", "selection-product", "pick", "unpick"):
        ids[name] = {"public_id": goods.public_id}
    ids |= {key: {"public_id": goods.public_id} for key in ("place-on-shelf", "shelf-likes", "replace-on-shelf")}
    group = arranging.add_group(seller, "今晚", at=AT)
    ids |= {key: {"public_id": group.public_id} for key in ("rename-shelf-group", "drop-shelf-group")}
    ids["public-good"] = ids["public-picture"] = {"public_id": goods.public_id}
    ids["link"] = ids["link-qr"] = {"code": making.make(seller, "x1", at=AT).code}
    ids |= _session(seller)
    ids["remove-picture"] = {"public_id": goods.public_id, "picture": "1"}
    sheet = SimpleUploadedFile("goods.csv", "code,title,price_yuan\np9,茶,1\n,没有编号,1\n".encode())
    upload = {"public_id": applying.keep_upload(shop, sheet, by=None, at=AT).public_id}
    ids |= dict.fromkeys(("product-upload", "apply-upload", "remove-upload", "bad-rows"), upload)
    for name in ("plan", "end-plan", "change-rate", "take-off", "plan-period"):
        ids[name] = {"public_id": targeted.public_id}
    assert Plan.objects.count() == 2
    return Market({"merchant": shop, "streamer": seller, "tuanzhang": lead, "base": made}, ids)


def _cooperation(shop, seller, lead, partner, goods, more) -> dict[str, dict[str, str]]:
    activity: Activity = build.activity(lead, joining="all")
    draft: Activity = build.activity(lead, published=False)
    item: Enrolment = build.enrolled(goods, activity)
    waiting = enrolling.enrol(activity, more, commission_bps=2000, service_fee_bps=600, at=AT)
    asked = changes.ask_cancel(item, reason="断货", at=AT)
    second = second_level.apply(partner, item, 300, at=AT)
    joined = build.activity(partner, joining="all")
    build.enrolled(build.product(shop, "p3"), joined)
    sent = recommending.recommend(lead, NewRecommendation([item], "好卖", [seller]), at=AT)
    wish = recommending.ask(seller, lead, "早餐", at=AT)
    group = recommending.keep_group(lead, "早餐场", [seller])
    own, drafted = {"public_id": activity.public_id}, {"public_id": draft.public_id}
    names = ("activity", "close-activity", "extend-activity", "list-streamers", "unlist-streamer", "audit-enrolments")
    ids: dict[str, dict[str, str]] = dict.fromkeys((*names, "open-activity"), own)
    ids |= dict.fromkeys(("edit-activity", "publish-activity", "delete-activity"), drafted)
    ids["end-item"] = own | {"item": item.public_id}
    ids["activity-goods"] = {"token": activity.share_token}
    ids |= {key: {"public_id": asked.public_id} for key in ("answer-request", "retract-request")}
    for name in ("enrolment", "change-enrolment-rates", "ask-cancel", "extend-enrolment"):
        ids[name] = {"public_id": item.public_id}
    ids["retract-enrolment"] = {"public_id": waiting.public_id}
    ids["joinable-activity"] = {"public_id": joined.public_id}
    ids["apply-second"] = {"public_id": joined.enrolments.get().public_id}
    for name in ("answer-second", "retract-second", "ask-end-second", "answer-end-second"):
        ids[name] = {"public_id": second.public_id}
    for name in ("recommendation", "end-recommendation", "recommended-goods"):
        ids[name] = {"public_id": sent.public_id}
    for name in ("decline-goods-request", "retract-goods-request", "my-goods-requests"):
        ids[name] = {"public_id": wish.public_id}
    ids["drop-group"] = {"public_id": group.public_id}
    return ids


def _session(seller) -> dict[str, dict[str, str]]:
    """Two live sessions of one good: one that is over, and one that is still to begin."""
    over, planned = (planning.plan(seller, "晚场", AT, AT + timedelta(hours=2), at=AT) for _each in range(2))
    for each in (over, planned):
        planning.add_item(each, planning.NewItem("x1"), at=AT)
    running.start(over, at=AT - timedelta(hours=2))
    running.end(over, at=AT)
    ids = {"goods-session": {"public_id": over.public_id}}
    for name in ("session", "session-goods", "session-links", "rehearse-session"):
        ids[name] = {"public_id": planned.public_id}
    for name in ("start-session", "end-session", "cancel-session"):
        ids[name] = {"public_id": planned.public_id}
    item = {"public_id": planned.public_id, "item": str(planned.items.get().pk)}
    return ids | dict.fromkeys(("present-item", "change-item", "remove-item", "move-item"), item)


def _orders(shop, seller, goods) -> dict[str, dict[str, str]]:
    """o1 is settled and disputed, o2 waits; the streamer has asked for money."""
    build.policy(min_withdrawal_fen=1)
    build.pick(seller, goods, "x1")
    by = build.source("youzan")
    for number, received in (("o1", "2024-06-01 12:00"), ("o2", "2024-06-15 12:00")):
        build.push(by, [build.paid(number, "2024-06-01 08:00", [build.bought(goods, "x1")], event_id=f"paid-{number}")])
        build.push(by, [build.event("received", number, received)])
    build.settle(PARTS["day"])
    line = OrderLine.objects.get(order_no="o1")
    sides = {"claimant": shop, "against": seller}
    case = disputes.open_dispute(line, **sides, reason="货不对版", by=build.member(shop), at=AT)
    build.bank_account(seller)
    build.money(seller, 5_000, day="2024-06-10")
    asked = withdrawals.request(seller, "n1", 100, None, AT)
    ids: dict[str, dict[str, str]] = {key: {"pk": str(line.pk)} for key in ("line", "new-dispute")}
    ids |= {key: {"public_id": case.public_id} for key in ("dispute", "retract-dispute")}
    return ids | {key: {"public_id": asked.public_id} for key in ("withdrawal", "cancel-withdrawal")}


def _base(seller: Tenant) -> tuple[Tenant, dict[str, dict[str, str]]]:
    """A base with stock, a row kept back because its price left the bands, and a room that the streamer has booked."""
    made = base("b1")
    (consent,) = agreed(made, "m1", at=AT - timedelta(days=30))
    feed(made, 1, [("m1", "p1", "k1", 1_000, 5)])
    feed(made, 2, [("m1", "p1", "k1", 9_999, 7)])
    room = Room.objects.filter(base=made.base).first() or booking.open_room(made.base, "一号间")
    day = AT + timedelta(days=2)
    booked = booking.book(room, seller, day, day + timedelta(hours=2), at=AT)
    kept_back = {"pk": str(QuarantinedRow.objects.get().pk)}
    ids: dict[str, dict[str, str]] = dict.fromkeys(("base-take-row", "base-drop-row"), kept_back)
    ids |= {key: {"sequence": "2"} for key in ("base-confirm-feed", "base-reject-feed")}
    ids |= {key: {"public_id": room.public_id} for key in ("room", "base-close-room")}
    ids["consent-base"] = {"public_id": made.base.public_id}
    ids["retract-consent"] = {"public_id": consent.public_id}
    ids["cancel-booking"] = {"public_id": booked.public_id}
    return made.base, ids
