"""Acts about supply-chain bases: founding, brands, consents, and what people decide about feeds."""

from collections.abc import Iterator

from bases import consenting, feeding, founding, introducing, pulling
from bases.models import QuarantinedRow
from tests.base_rights import row
from tests.bases import AT, PAPERS, application, authorised, base, feed, introduced, site
from tests.build import leader, merchant
from tests.casework import staff
from tests.recorded_acts.kept import Kept, Line


def of_founding(it: Kept) -> Iterator[Line]:
    clerk = staff("clerk")
    yield "bases.founding.apply", "base-application", "applied", lambda: it.keep(asked=application(leader("l1")))
    yield (
        "bases.founding.send_back",
        "base-application",
        "asked_back",
        lambda: founding.send_back(it.asked, "请补材料", by=clerk, at=AT),
    )
    yield (
        "bases.founding.complete",
        "base-application",
        "applied",
        lambda: founding.complete(it.asked, site(level="gold"), PAPERS, at=AT),
    )
    yield (
        "bases.founding.approve",
        "base",
        "created",
        lambda: it.keep(made=founding.approve(it.asked, code="b1", by=clerk, at=AT)),
    )
    yield "bases.founding.downgrade", "base", "downgraded", lambda: founding.downgrade(it.made, "未达标", at=AT)
    yield "bases.founding.close", "base", "closed", lambda: founding.close(it.made, "停业", at=AT)
    other = application(leader("l2"))
    yield (
        "bases.founding.refuse",
        "base-application",
        "refused",
        lambda: founding.refuse(other, "本轮名额已满", by=clerk, at=AT),
    )


def of_brands(it: Kept) -> Iterator[Line]:
    one, two, clerk, shop = base("b1"), base("b2"), staff("clerk"), merchant("m1")
    names = "bases.introducing.introduce bases.introducing.introduce_many"
    yield (
        names,
        "introduction",
        "applied",
        lambda: it.keep(given=introducing.introduce(one.base, authorised("小米"), at=AT)),
    )
    yield "bases.introducing.accept", "introduction", "passed", lambda: introducing.accept(it.given, by=clerk, at=AT)
    (beside,) = introduced(two, ["小米"])
    yield (
        "bases.introducing.authorise",
        "introduction",
        "passed",
        lambda: introducing.authorise(beside, by=clerk, at=AT),
    )
    yield "bases.introducing.end", "introduction", "ended", lambda: introducing.end(it.given, "已撤回", by=clerk, at=AT)
    waiting = introducing.introduce(one.base, authorised("安克"), at=AT)
    yield (
        "bases.introducing.refuse",
        "introduction",
        "refused",
        lambda: introducing.refuse(waiting, "不清楚", by=clerk, at=AT),
    )
    yield (
        "bases.consenting.agree",
        "consent",
        "agreed",
        lambda: it.keep(consent=consenting.agree(shop, one.base, by=None, at=AT)),
    )
    yield "bases.consenting.retract", "consent", "withdrawn", lambda: consenting.retract(it.consent, by=None, at=AT)


def of_feeds(it: Kept) -> Iterator[Line]:
    merchant("m1")
    made, clerk = base("b1", agreed_by=["m1"]), staff("clerk")
    full = [row(f"k{number}", 1) for number in range(100)]
    feed(made, 1, full)
    held = [feed(made, number, full[:9]).feed for number in (2, 3)]
    yield "bases.feeding.apply", "feed", "confirmed", lambda: feeding.apply(held[0], at=AT, is_checked=False)
    yield "bases.feeding.reject", "feed", "rejected", lambda: feeding.reject(held[1], at=AT)
    feed(made, 4, [row("k1", 1, price=9_000), row("k2", 1, price=9_000)], kind="changes")
    first, second = QuarantinedRow.objects.open().order_by("pk")
    yield "bases.feeding.accept", "quarantined-row", "passed", lambda: feeding.accept(first, by=clerk, at=AT)
    yield "bases.feeding.drop", "quarantined-row", "rejected", lambda: feeding.drop(second, by=clerk, at=AT)
    yield (
        "bases.pulling.register",
        "pull-source",
        "recorded",
        lambda: pulling.register(made.base, "https://stock.example.com/feed.csv", 60, at=AT),
    )
    yield "bases.pulling.forget", "pull-source", "deleted", lambda: pulling.forget(made.base, at=AT)
