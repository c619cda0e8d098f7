"""Each act of the business writes what it changed; a refused one writes nothing."""

import pytest

from bases import founding, introducing
from commissions.payments import payouts, top_ups, withdrawals
from haowu.approvals.models import Trail
from haowu.ground.errors import Refused
from haowu.partners.clients import register_client
from haowu.tenants.models import Tenant
from haowu.tenants.scope import enter_scope
from merchants import editing, listing, plans, providers
from tests.bases import authorised, base
from tests.build import (
    activity,
    bank_account,
    enrolled,
    leader,
    listed_plan,
    member,
    merchant,
    moment,
    money,
    normal_plan,
    policy,
    product,
    second,
    staff,
    streamer,
    tenant,
)
from tests.test_payouts import results
from tuanzhang import activities, changes, enrolling, second_level
from tuanzhang.models import Activity

pytestmark = pytest.mark.django_db
AT = moment("2024-06-01 11:00")
DAY_AFTER = "2024-06-02T00:00:00+08:00"


def written(kind: str, since: int = 0) -> list[tuple]:
    rows = Trail.objects.filter(subject_kind=kind, pk__gt=since).order_by("pk")
    return [(row.act, row.subject, row.before, row.after) for row in rows]


def last() -> int:
    return Trail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


class TestOfMerchants:
    def test_a_plan_with_its_rates_each_change_and_its_end(self):
        goods = product(merchant("m1"), "p1")
        plan = normal_plan(goods, 2000, AT)
        plans.set_rate(plan, 2500, at=moment("2024-06-01 12:00"))
        plans.set_rate(plan, 1500, at=moment("2024-06-01 14:00"))
        plans.end_plan(plan, at=moment("2024-06-01 15:00"))
        assert written("plan") == [
            (
                "created",
                plan.public_id,
                {},
                {"type": "normal", "starts_at": AT.isoformat(), "rates": {"*": 2000}, "product": "p1"},
            ),
            (
                "rate_changed",
                plan.public_id,
                {"commission_bps": 2000},
                {"commission_bps": 2500, "effective_from": "2024-06-01T12:00:00+08:00"},
            ),
            (
                "rate_changed",
                plan.public_id,
                {"commission_bps": 2500},
                {"commission_bps": 1500, "effective_from": DAY_AFTER},
            ),
            ("ended", plan.public_id, {}, {"ends_at": DAY_AFTER}),
        ]
        assert set(Trail.objects.filter(subject_kind="plan").values_list("tenant__code", flat=True)) == {"m1"}

    def test_the_rate_in_force_asked_for_again_is_no_change_and_calls_off_one_that_waits(self):
        plan = normal_plan(product(merchant()), 2000, AT)
        since = last()
        plans.set_rate(plan, 2000, at=moment("2024-06-01 12:00"))
        assert written("plan", since) == []
        plans.set_rate(plan, 1500, at=moment("2024-06-01 13:00"))
        plans.set_rate(plan, 2000, at=moment("2024-06-01 14:00"))
        assert [after["commission_bps"] for *_rest, after in written("plan", since)] == [1500, 2000]

    def test_a_listed_streamer_reads_the_change_of_its_own_rate_alone(self):
        one, other = streamer("s1"), streamer("s2")
        plan = listed_plan(product(merchant()), "item_targeted", {one: 2000, other: 3000}, AT)
        plans.set_rate(plan, 2500, at=moment("2024-06-01 12:00"), streamer=one)
        for seller, rows in ((one, 1), (other, 0)):
            enter_scope(seller.pk)
            assert Trail.objects.filter(act="rate_changed").count() == rows

    def test_goods_that_are_listed_change_their_price_and_are_taken_off(self):
        shop = merchant("m1")
        goods = product(shop, "p1", price_fen=9_900)
        details = editing.Details("新标题", "", goods.category, None)
        editing.change_product(goods, details, [editing.SkuWish("p1", "", 12_900, 5)], at=AT)
        editing.change_product(goods, details, [editing.SkuWish("p1", "", 12_900, 9)], at=AT)
        goods.refresh_from_db()
        listing.delist_product(goods, at=AT)
        assert written("product") == [
            ("listed", "p1", {"status": "draft"}, {"status": "listed", "title": "p1", "skus": {"p1": 9_900}}),
            (
                "changed",
                "p1",
                {"title": "p1", "skus": {"p1": 9_900}},
                {"title": "新标题", "skus": {"p1": 12_900}},
            ),
            ("delisted", "p1", {"status": "listed"}, {"status": "delisted"}),
        ]

    def test_a_refused_act_writes_nothing(self):
        goods = product(merchant("m1"))
        plan = normal_plan(goods, 2000, AT)
        before = list(Trail.objects.values())
        for act in (
            lambda: plans.set_rate(plan, 9_001, at=AT),
            lambda: plans.set_rate(plan, 1_000, at=moment("2024-06-01 23:55")),
            lambda: normal_plan(goods, 1_000, AT),
            lambda: listing.list_product(goods, at=AT),
        ):
            with pytest.raises(Refused):
                act()
        assert list(Trail.objects.values()) == before

    def test_a_provider_is_engaged_and_let_go_in_the_sight_of_both(self):
        shop, care = merchant("m1"), tenant("provider", "care")
        made = providers.engage(shop, care, services="代运营", bps=300, at=AT)
        providers.disengage(made, at=moment("2024-07-01 00:00"))
        assert [row[0] for row in written("engagement")] == ["agreed", "ended"]
        for party in (shop, care):
            enter_scope(party.pk)
            assert Trail.objects.filter(subject_kind="engagement").count() == 2

    def test_many_products_are_listed_with_one_statement_for_all_their_rows(self, django_assert_max_num_queries):
        shop = merchant("m1")
        drafts = [product(shop, listed=False) for _ in range(30)]
        with django_assert_max_num_queries(12):  # three of them lay down the prices of all
            listing.list_products(drafts, at=AT)
        assert len(written("product")) == 30


class TestOfLeaders:
    @pytest.fixture
    def running(self):
        shop, by = merchant("m1"), leader("l1")
        made = activity(by, code="a1", joining=Activity.Joining.ALL)
        return enrolled(product(shop, "p1"), made, 2000, 600)

    def test_an_activity_enters_when_it_is_published(self):
        by = leader("l1")
        draft = activity(by, code="a1", published=False, ends_at=moment("2025-01-01 00:00"))
        assert written("activity") == []
        activities.publish(draft, at=AT)
        activities.extend(draft, moment("2026-01-01 00:00"), at=AT)
        activities.close(draft, at=AT)
        assert [(act, subject) for act, subject, *_ in written("activity")] == [
            ("published", "a1"),
            ("extended", "a1"),
            ("closed", "a1"),
        ]

    def test_an_enrolment_from_the_wish_to_its_end(self, running):
        enrolling.end(running, at=AT)
        assert [(act, before, after.get("status")) for act, _s, before, after in written("enrolment")] == [
            ("applied", {}, None),
            ("passed", {"status": "pending"}, "passed"),
            ("ended", {}, None),
        ]
        rows = Trail.objects.filter(subject_kind="enrolment")
        assert set(rows.values_list("tenant__code", "counterparty__code")) == {("m1", "l1")}
        asked = rows.get(act="applied").after
        assert (asked["activity"], asked["product"], asked["commission_bps"], asked["service_fee_bps"]) == (
            "a1",
            "p1",
            2000,
            600,
        )

    def test_rates_raised_at_once_and_lowered_by_request(self, running):
        changes.raise_rates(running, 2500, 600, at=AT)
        asked = changes.ask_lower(running, 1500, 600, reason="利润不足", at=moment("2024-06-01 12:00"))
        changes.refuse(asked, "旺季不调", at=moment("2024-06-01 13:00"))
        ((act, _subject, before, after),) = written("enrolment", last_of("passed"))
        assert (act, before, after["commission_bps"]) == (
            "rate_changed",
            {"commission_bps": 2000, "service_fee_bps": 600},
            2500,
        )
        rows = Trail.objects.filter(subject_kind="change-request").order_by("pk")
        assert [(row.act, row.reason) for row in rows] == [("applied", "利润不足"), ("refused", "旺季不调")]

    def test_a_request_that_nobody_answered_is_agreed_by_time(self, running):
        changes.ask_cancel(running, at=AT)
        changes.raise_rates(running, 2500, 600, at=moment("2024-06-08 12:00"))
        assert [row[0] for row in written("change-request")] == ["applied", "agreed"]
        assert written("change-request")[-1][3]["answer"] == "unanswered"

    def test_a_second_leader_joins_and_parts_by_agreement(self, running):
        two = leader("l2")
        part = second(two, running, 300)
        second_level.ask_end(part, two, at=AT)
        second_level.answer_end(part, running.activity.leader, True, at=AT)
        acting = Trail.objects.filter(subject_kind="second-level").order_by("pk")
        assert [(row.act, row.acting_for and row.acting_for.code) for row in acting] == [
            ("applied", None),
            ("passed", None),
            ("asked_end", "l2"),
            ("ended", "l1"),
        ]


def last_of(act: str) -> int:
    return Trail.objects.filter(act=act).order_by("-pk").values_list("pk", flat=True)[0]


class TestOfMoney:
    @pytest.fixture
    def payee(self) -> Tenant:
        policy(min_withdrawal_fen=1, daily_withdrawal_fen=10**9, checked_above_fen=1_000)
        seller = streamer("s1")
        bank_account(seller)
        money(seller, 50_000)
        return seller

    def test_a_withdrawal_from_asking_to_the_banks_answer(self, payee):
        by, checker = member(payee, "finance", "lin"), staff("checker")
        asked = withdrawals.request(payee, "n1", 5_000, by, AT)
        withdrawals.approve(asked, checker, AT)
        batch = payouts.make_batch(checker, AT)
        payouts.read_results(results((asked, 5_000, True, "")), checker, AT)
        rows = Trail.objects.filter(subject_kind="withdrawal").order_by("pk")
        assert [(row.act, row.actor, row.acting_for, row.after["status"]) for row in rows] == [
            ("applied", "lin", payee, "requested"),
            ("approved", "checker", None, "approved"),
            ("sent", "checker", None, "sent"),
            ("paid", "checker", None, "paid"),
        ]
        assert {row.after["amount_fen"] for row in rows} == {5_000}
        ((act, number, _before, after),) = written("payout-batch")
        assert (act, number, after["count"], after["sum_fen"]) == ("created", batch.number, 1, 5_000)

    def test_a_small_one_is_approved_by_the_policy_as_it_is_asked_for(self, payee):
        withdrawals.request(payee, "n1", 1_000, member(payee, "finance", "lin"), AT)
        ((act, _subject, _before, after),) = written("withdrawal")
        assert (act, after) == ("applied", {"status": "approved", "number": "n1", "amount_fen": 1_000})

    def test_asked_for_again_under_the_same_number_it_is_no_second_act(self, payee):
        for _again in range(2):
            withdrawals.request(payee, "n1", 5_000, None, AT)
        assert len(written("withdrawal")) == 1

    def test_a_refused_and_a_cancelled_one(self, payee):
        first, other = (withdrawals.request(payee, number, 5_000, None, AT) for number in ("n1", "n2"))
        withdrawals.refuse(first, staff("checker"), AT, reason="户名不符")
        withdrawals.cancel(other, member(payee, "owner", "lin"), AT)
        rows = Trail.objects.filter(act__in=["refused", "cancelled"]).order_by("pk")
        assert [(row.act, row.actor, row.acting_for, row.reason) for row in rows] == [
            ("refused", "checker", None, "户名不符"),
            ("cancelled", "lin", payee, ""),
        ]

    def test_a_bank_account_is_masked_before_and_after(self):
        seller = streamer("s1")
        bank_account(seller, "6222020000001234")
        bank_account(seller, "6222020000005678", "李四光")
        bank_account(seller, "6222020000005678", "李四光")
        assert written("personal-record") == [
            ("recorded", "bank_account", {}, {"masked": "张** · 招商银行 · **** 1234"}),
            (
                "recorded",
                "bank_account",
                {"masked": "张** · 招商银行 · **** 1234"},
                {"masked": "李** · 招商银行 · **** 5678"},
            ),
        ]

    def test_a_top_up_is_a_correction_of_two_people(self):
        shop = merchant("m1")
        made = top_ups.propose(shop, "B1", 100_000, by=staff("maker"), at=AT)
        ((act, reference, _before, after),) = written("correction")
        assert (act, reference, after["kind"], after["amount_fen"]) == ("proposed", made.reference, "top_up", 100_000)

    def test_an_api_client_is_named_with_its_scopes_and_without_its_secret(self):
        client_id, secret = register_client(merchant("m1"), "erp", ["orders:read"])
        assert written("api-client") == [
            ("created", client_id, {}, {"name": "erp", "scopes": ["orders:read"]}),
        ]
        assert secret not in str(list(Trail.objects.values()))


def test_a_base_is_founded_introduces_brands_and_is_closed():
    made = base("linyi")
    brand = introducing.introduce(made.base, authorised("小米"), at=AT)
    introducing.accept(brand, by=staff("clerk"), at=AT)
    founding.close(made, "停业", at=AT)
    assert [act for act, *_ in written("base-application")] == ["applied", "passed"]
    assert [(act, subject) for act, subject, *_ in written("base")] == [("created", "linyi"), ("closed", "linyi")]
    rows = Trail.objects.filter(subject_kind="introduction").order_by("pk")
    assert [(row.act, row.tenant, row.after["status"]) for row in rows] == [
        ("applied", made.base, "submitted"),
        ("passed", made.base, "accepted"),
    ]
    assert Trail.objects.get(act="closed").reason == "停业"
