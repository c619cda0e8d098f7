"""Small builders through the same acts as the pages. Everything takes plain values; times are Asia/Shanghai text."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db import DatabaseError, connection, connections

from commissions.models import OrderLine, Policy, Run, Withdrawal
from commissions.nights import night
from commissions.orders.intake import EventAnswer, receive
from commissions.payments import withdrawals
from commissions.stories import explain
from commissions.stories.line_story import LineStory
from haowu.approvals.versions import publish
from haowu.ground import days
from haowu.ground.errors import Refused, single
from haowu.ledger import books
from haowu.tenants import opening, personal
from haowu.tenants.models import Membership, PersonalRecord, Tenant, User
from haowu.tenants.scope import PLATFORM
from merchants import listing, plans, shops
from merchants.models import Category, Plan, Product
from merchants.steps import Step
from streamers import shelf
from streamers.models import Pick, Profile
from tuanzhang import activities, enrolling, second_level
from tuanzhang.models import Activity, Enrolment, SecondLevel

PASSWORD = "correct-horse-battery"
_numbers = count(1)


def moment(text: str) -> datetime:
    """``2024-06-01 10:30`` or with seconds, Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=days.SHANGHAI)


def tenant(kind: str, code: str = "", name: str = "", buyer_ref: str = "") -> Tenant:
    code = code or f"{kind}-{next(_numbers)}"
    made = opening.open_tenants(kind, {code: name or code}, at=days.BEGINNING)[code]
    if buyer_ref:
        opening.add_buyer_identities([(made, buyer_ref)], at=days.BEGINNING)
    return made


def merchant(code: str = "", **fields: Any) -> Tenant:
    made = tenant("merchant", code, **fields)
    shops.open_shops([made], at=days.BEGINNING)
    return made


def streamer(code: str = "", **fields: Any) -> Tenant:
    made = tenant("streamer", code, **fields)
    Profile.objects.create(streamer=made)
    return made


def source(code: str = "") -> Tenant:
    return tenant("partner", code)


def member(of: Tenant, role: str = "owner", username: str = "") -> User:
    user = User.objects.create_user(username or f"user-{next(_numbers)}", password=PASSWORD)
    opening.add_members([Membership(user=user, tenant=of, role=role)], at=days.BEGINNING)
    return user


def staff(username: str = "") -> User:
    return User.objects.create_user(username or f"staff-{next(_numbers)}", password=PASSWORD, is_staff=True)


def bank_account(of: Tenant, number: str = "6222 0200 0000 1234", holder: str = "张三丰") -> PersonalRecord:
    return personal.record(of, personal.BankAccount(holder, "招商银行", number), by=None, at=days.BEGINNING)


def money(of: Tenant, amount_fen: int, kind: str = "available", day: str = "2024-06-01") -> None:
    """``amount_fen`` from the world outside; below zero the other way."""
    world = books.open_accounts([(books.platform().pk, "external")])
    own = books.open_accounts([(of.pk, kind)])
    ends = [*world.values(), *own.values()]
    source, target = ends if amount_fen > 0 else reversed(ends)
    transfer = books.Transfer(source, target, abs(amount_fen), "correction", f"money-{next(_numbers)}", "test")
    books.post([transfer], day=date.fromisoformat(day))


def three_withdrawals() -> list[Withdrawal]:
    """Approved ones of 10.00, 20.00 and 1,234.56 by three streamers, who keep 5.00 each."""
    policy(min_withdrawal_fen=1, daily_withdrawal_fen=10**9, checked_above_fen=10**9)
    made = []
    for number, (fen, holder) in enumerate([(1_000, "张三丰"), (2_000, "=HYPERLINK(1)"), (123_456, "𠮷野家")]):
        party = streamer(f"s{number}")
        bank_account(party, f"622202000000000{number}", holder)
        money(party, fen + 500)
        made.append(withdrawals.request(party, "n1", fen, None, moment("2024-06-10 12:00")))
    return made


def product(of: Tenant, code: str = "", *, price_fen: int = 10_000, listed: bool = True, stock: int = 100) -> Product:
    code = code or f"p{next(_numbers)}"
    leaf = Category.objects.get(code="uncategorised")
    draft = listing.ProductDraft(code=code, title=code, category=leaf, price_fen=price_fen, stock=stock)
    (made,) = listing.add_products(of, [draft])
    return listing.list_product(made, at=days.BEGINNING) if listed else made


def normal_plan(of: Product, bps: int, at: datetime = days.BEGINNING, step: Step | None = None) -> Plan:
    return plans.open_plan(of.merchant, "normal", at=at, product=of, commission_bps=bps, step=step)


def listed_plan(
    of: Product, type: str, streamers: dict[Tenant, int], at: datetime = days.BEGINNING, step: Step | None = None
) -> Plan:
    on = None if type == "shop_targeted" else of
    return plans.open_plan(of.merchant, type, at=at, product=on, streamers=streamers, step=step)


def leader(code: str = "", **fields: Any) -> Tenant:
    return tenant("tuanzhang", code, **fields)


def activity(
    by: Tenant, type: str = "normal", *, at: datetime = days.BEGINNING, published: bool = True, **terms
) -> Activity:
    """One of ``by`` that promotes from the beginning of time, unless ``terms`` (fields of a Draft) say otherwise."""
    code = terms.pop("code", f"a{next(_numbers)}")
    begins_at = terms.pop("begins_at", days.BEGINNING)
    wish = activities.ActivityDraft(type, terms.pop("title", code), begins_at, code=code, **terms)
    made = activities.draft(by, wish, at=at)
    return activities.publish(made, at=at) if published else made


def enrolled(
    of: Product, into: Activity, bps: int = 2000, fee_bps: int = 600, at: datetime = days.BEGINNING, **window: datetime
) -> Enrolment:
    """An enrolment that has passed."""
    made = enrolling.enrol(into, of, commission_bps=bps, service_fee_bps=fee_bps, at=at, **window)
    return single(enrolling.pass_many([made], at=at))


def second(by: Tenant, of: Enrolment, bps: int, at: datetime = days.BEGINNING, **terms: Any) -> SecondLevel:
    return single(second_level.pass_many([second_level.apply(by, of, bps, at=at, **terms)], at=at))


def pick(
    by: Tenant,
    of: Product,
    pid: str = "",
    at: datetime = days.BEGINNING,
    activity: Activity | None = None,
    second_leader: Tenant | None = None,
) -> Pick:
    (answer,) = shelf.pick_many([shelf.NewPick(by, of, at, pid, activity, second_leader)])
    if isinstance(answer, Exception):
        raise answer
    return answer


def policy(**fields: Any) -> Policy:
    version = Policy(**{"effective_from": days.BEGINNING} | fields)
    return publish(version, "policy", at=days.BEGINNING)


def bought(of: Product, pid: str = "", *, line_no: int = 1, price_fen: int = 10_000, **amounts: int) -> dict[str, Any]:
    """One line of a ``paid`` event."""
    named = {"merchant": of.merchant.code, "code": of.code}
    return {"line_no": line_no, "product": named, "quantity": 1, "price_fen": price_fen, "pid": pid} | amounts


def event(type: str, order_no: str, at: str, **facts: Any) -> dict[str, Any]:
    event_id = facts.pop("event_id", f"e{next(_numbers)}")
    return {
        "event_id": event_id,
        "type": type,
        "order_no": order_no,
        "occurred_at": moment(at).isoformat(),
        **facts,
    }


def paid(order_no: str, at: str, lines: list[dict[str, Any]], *, ordered: str = "", **facts: Any) -> dict[str, Any]:
    """A ``paid`` event; ``ordered`` defaults to the time of payment."""
    ordered_at = moment(ordered or at).isoformat()
    return event("paid", order_no, at, **{"ordered_at": ordered_at, "buyer_ref": "somebody", "lines": lines} | facts)


def push(by: Tenant, events: Iterable[dict[str, Any]]) -> list[EventAnswer]:
    return receive(by, list(events), now=days.now())


def settle(day: str) -> Run:
    return night.settle(date.fromisoformat(day), now=days.now())


def story_of(order_no: str, line_no: int = 1) -> LineStory:
    """The line's story, as ``explain --json`` prints it."""
    lines = OrderLine.objects.filter(order_no=order_no, line_no=line_no)
    (story,) = explain.stories(lines)
    return story


def nets(order_no: str, role: str = "streamer", line_no: int = 1) -> list[tuple[int, int, int]]:
    """``[(gross, fee, net)]`` of each phase of a line for one role."""
    return [
        (phase[role]["gross_fen"], phase[role]["tech_fee_fen"], phase[role]["net_fen"])
        for phase in story_of(order_no, line_no)["phases"]
    ]


def in_threads(count: int, act: Callable[[int], Any], at_once: int = 64) -> list[Any]:
    """``act(number)`` for each number below ``count``, in the platform's scope; results, refusals or database errors.

    Each act has a connection of its own; at most ``at_once`` run side by side.
    """

    def run(number: int) -> Any:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET app.tenant = %s", [PLATFORM])
            return act(number)
        except (DatabaseError, Refused) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(min(count, at_once)) as pool:
        return list(pool.map(run, range(count)))
