"""Acts about leaders: activities, goods in them, second levels, months, quarters and rebates."""

from collections.abc import Iterator
from datetime import date

from commissions.leaders import rebates
from tests import build
from tests.build import enrolled, leader, merchant, moment, product, streamer
from tests.casework import staff
from tests.quarters import Stall, assessed, closed, policy, q
from tests.recorded_acts.kept import AT, LATER, Kept, Line
from tuanzhang import activities, appeals, changes, enrolling, permission, second_level
from tuanzhang.models import Enrolment, MonthlyAssessment


def of_activities(it: Kept) -> Iterator[Line]:
    by, seller = leader("l1"), streamer("s1")
    new = build.activity(by, published=False, ends_at=moment("2025-01-01 00:00"))
    exclusive = build.activity(by, "exclusive", streamers=[streamer("s2")])
    yield "tuanzhang.activities.publish", "activity", "published", lambda: activities.publish(new, at=AT)
    yield (
        "tuanzhang.activities.extend",
        "activity",
        "extended",
        lambda: activities.extend(new, moment("2026-01-01 00:00"), at=AT),
    )
    yield "tuanzhang.activities.close", "activity", "closed", lambda: activities.close(new, at=AT)
    yield (
        "tuanzhang.activities.list_streamer",
        "activity",
        "added",
        lambda: activities.list_streamer(exclusive, seller, at=AT),
    )
    yield (
        "tuanzhang.activities.unlist_streamer",
        "activity",
        "removed",
        lambda: activities.unlist_streamer(exclusive, seller, at=LATER),
    )


def of_enrolments(it: Kept) -> Iterator[Line]:
    goods, open_one = product(merchant("m1"), "p1"), build.activity(leader("l1"), joining="all")

    def asked() -> Enrolment:
        return enrolling.enrol(
            open_one,
            product(merchant()),
            commission_bps=2000,
            service_fee_bps=600,
            at=AT,
            ends_at=moment("2026-01-01 00:00"),
        )

    yield (
        "tuanzhang.enrolling.enrol_many tuanzhang.enrolling.enrol",
        "enrolment",
        "applied",
        lambda: it.keep(
            item=enrolling.enrol(open_one, goods, commission_bps=2000, service_fee_bps=600, at=AT, ends_at=LATER)
        ),
    )
    yield "tuanzhang.enrolling.pass_many", "enrolment", "passed", lambda: enrolling.pass_many([it.item], at=AT)
    yield "tuanzhang.enrolling.extend", "enrolment", "extended", lambda: enrolling.extend(it.item, None, at=AT)
    yield (
        "tuanzhang.enrolling.end tuanzhang.enrolling.end_many",
        "enrolment",
        "ended",
        lambda: enrolling.end(it.item, at=LATER),
    )
    refused, taken_back = asked(), asked()
    yield (
        "tuanzhang.enrolling.reject_many",
        "enrolment",
        "rejected",
        lambda: enrolling.reject_many([refused], "不合适", at=AT),
    )
    yield (
        "tuanzhang.enrolling.retract_many",
        "enrolment",
        "withdrawn",
        lambda: enrolling.retract_many([taken_back], at=AT),
    )


def of_changes(it: Kept) -> Iterator[Line]:
    by = leader("l1")
    into = build.activity(by, joining="all")
    items = [enrolled(product(merchant()), into) for _each in range(5)]
    yield (
        "tuanzhang.changes.raise_rates",
        "enrolment",
        "rate_changed",
        lambda: changes.raise_rates(items[0], 2500, 600, at=AT),
    )
    yield (
        "tuanzhang.changes.ask_lower",
        "change-request",
        "applied",
        lambda: it.keep(asked=changes.ask_lower(items[1], 1500, 600, at=AT)),
    )
    yield "tuanzhang.changes.agree", "change-request", "agreed", lambda: changes.agree(it.asked, at=LATER)
    yield (
        "tuanzhang.changes.ask_cancel",
        "change-request",
        "applied",
        lambda: it.keep(asked=changes.ask_cancel(items[2], at=AT)),
    )
    yield "tuanzhang.changes.refuse", "change-request", "refused", lambda: changes.refuse(it.asked, "旺季", at=LATER)
    it.asked = changes.ask_cancel(items[3], at=AT)
    yield "tuanzhang.changes.retract", "change-request", "withdrawn", lambda: changes.retract(it.asked, at=LATER)
    it.asked = changes.ask_cancel(items[4], at=AT)
    yield (
        "tuanzhang.changes.agree_quiet",
        "change-request",
        "agreed",
        lambda: changes.agree_quiet([it.asked.pk], at=LATER),
    )


def of_second_levels(it: Kept) -> Iterator[Line]:
    by, two = leader("l1"), leader("l2")
    into = build.activity(by, joining="all")
    items = [enrolled(product(merchant()), into) for _each in range(3)]
    yield (
        "tuanzhang.second_level.apply_many tuanzhang.second_level.apply",
        "second-level",
        "applied",
        lambda: it.keep(part=second_level.apply(two, items[0], 300, at=AT)),
    )
    yield "tuanzhang.second_level.pass_many", "second-level", "passed", lambda: second_level.pass_many([it.part], at=AT)
    yield (
        "tuanzhang.second_level.ask_end",
        "second-level",
        "asked_end",
        lambda: second_level.ask_end(it.part, two, at=AT),
    )
    yield (
        "tuanzhang.second_level.answer_end",
        "second-level",
        "ended",
        lambda: second_level.answer_end(it.part, by, True, at=AT),
    )
    refused, taken_back = (second_level.apply(two, item, 300, at=AT) for item in items[1:])
    yield (
        "tuanzhang.second_level.reject_many",
        "second-level",
        "rejected",
        lambda: second_level.reject_many([refused], "不合适", at=AT),
    )
    yield (
        "tuanzhang.second_level.retract",
        "second-level",
        "withdrawn",
        lambda: second_level.retract(taken_back, at=AT),
    )


def of_permission(it: Kept) -> Iterator[Line]:
    stall = Stall(leader("l1"), joining="all")
    lead, clerk, two = stall.leader, staff(), leader("l2")
    for month in ("2024-03", "2024-04", "2024-05"):
        it.failed = MonthlyAssessment.objects.get(leader=lead, pk__in=[each.pk for each in assessed(month)])
    at = moment("2024-06-14 10:00")
    yield (
        "tuanzhang.appeals.appeal",
        "appeal",
        "opened",
        lambda: it.keep(asked=appeals.appeal(lead, it.failed, "数据有误", by=None, at=moment("2024-06-02 10:00"))),
    )
    yield "tuanzhang.appeals.retract", "appeal", "withdrawn", lambda: appeals.retract(it.asked, at=at)
    it.asked = appeals.appeal(lead, it.failed, "数据有误", by=None, at=moment("2024-06-03 10:00"))
    yield (
        "tuanzhang.appeals.uphold",
        "permission",
        "cancelled",
        lambda: appeals.uphold(it.asked, "确有错误", by=clerk, at=at),
    )
    second_level.apply(two, Enrolment.objects.get(), 300, at=AT)
    yield "commissions.leaders.levelling.assess_month", "assessment", "failed", lambda: assessed("2024-06")
    june = MonthlyAssessment.objects.get(leader=lead, month=date(2024, 6, 1))
    it.asked = appeals.appeal(lead, june, "数据有误", by=None, at=moment("2024-07-02 10:00"))
    yield (
        "tuanzhang.appeals.refuse",
        "appeal",
        "refused",
        lambda: appeals.refuse(it.asked, "数据无误", by=clerk, at=moment("2024-07-03 10:00")),
    )
    yield (
        "tuanzhang.permission.revoke_due",
        "second-level",
        "rejected",
        lambda: permission.revoke_due(date(2024, 7, 15), at=moment("2024-07-15 00:05")),
    )
    yield (
        "tuanzhang.permission.apply_again",
        "readmission",
        "applied",
        lambda: it.keep(again=permission.apply_again(lead, "已整改", by=None, at=moment("2024-08-14 00:00"))),
    )
    yield (
        "tuanzhang.permission.refuse_readmission",
        "readmission",
        "refused",
        lambda: permission.refuse_readmission(it.again, "材料不全", by=clerk, at=moment("2024-08-15 10:00")),
    )
    it.again = permission.apply_again(lead, "补齐", by=None, at=moment("2024-08-16 00:00"))
    yield (
        "tuanzhang.permission.readmit",
        "readmission",
        "readmitted",
        lambda: permission.readmit(it.again, by=clerk, at=moment("2024-08-17 00:00")),
    )


def of_quarters(it: Kept) -> Iterator[Line]:
    policy(mode="whole", bronze_gmv_fen=50_00, silver_gmv_fen=100_00, gold_gmv_fen=300_00, target_gmv_fen=50_00)
    lead, clerk = leader("l1"), staff("clerk")
    Stall(lead).sell("2024-06-01 10:00", 200_00)
    yield "commissions.leaders.levelling.close_quarter", "level", "created", lambda: it.keep(level=closed("2024Q2")[0])
    it.asked = appeals.appeal(lead, it.level, "少算", by=None, at=moment("2024-07-02 10:00"))
    yield (
        "tuanzhang.appeals.uphold",
        "level",
        "changed",
        lambda: appeals.uphold(it.asked, "补计品牌", by=clerk, at=moment("2024-07-03 10:00"), brands=9),
    )
    at = moment("2024-07-16 10:00")
    yield (
        "commissions.leaders.rebates.propose",
        "rebate",
        "proposed",
        lambda: it.keep(batch=rebates.propose(q("2024Q2"), by=clerk, at=at)),
    )
    yield (
        "commissions.leaders.rebates.refuse",
        "rebate",
        "rejected",
        lambda: rebates.refuse(it.batch, "再核", by=staff("other"), at=at),
    )
    it.batch = rebates.propose(q("2024Q2"), by=clerk, at=at)
    yield (
        "commissions.leaders.rebates.approve",
        "rebate",
        "approved",
        lambda: rebates.approve(it.batch, by=staff("other"), at=at),
    )
