"""Rulebook §14: founding bases, seats of the national plan, brands and quotas."""

from datetime import date

import pytest

from bases import founding, introducing, quotas, refusals
from bases.models import Application, Base, BasePolicy, Brand, Introduction, Room
from haowu.approvals.rules import ReasonMissing
from haowu.ground import days
from haowu.ground.states import MoveRefused
from haowu.tenants.models import Membership, Tenant
from tests.bases import AT, PAPERS, application, authorised, base, introduced, site
from tests.build import in_threads, member, moment, tenant

pytestmark = pytest.mark.django_db
TODAY = date(2024, 6, 1)


class TestFounding:
    def test_an_approved_application_becomes_a_base_with_rooms_quota_and_the_leaders_owners(self):
        leader = tenant("tuanzhang", "l1")
        owner = member(leader)
        made = founding.approve(application(leader, live_rooms=3), code="linyi-1", by=None, at=AT)
        assert (made.status, made.level, made.city_name, made.founder) == ("active", "silver", "临沂", leader)
        assert (made.base.kind, made.base.code) == ("base", "linyi-1")
        assert Membership.objects.get(tenant=made.base).user == owner
        assert Room.objects.filter(base=made.base).count() == 3
        progress = quotas.current(made.base, TODAY)
        assert (progress.quota, progress.credited, progress.left) == (28, 0, 28)
        assert Application.objects.get().status == "approved"

    @pytest.mark.parametrize(
        ("kind", "gold", "facts", "papers", "refusal"),
        [
            ("merchant", True, {}, PAPERS, refusals.ApplicantUnfit),
            ("tuanzhang", False, {}, PAPERS, refusals.FounderNotGold),
            ("tuanzhang", True, {"city": "atlantis"}, PAPERS, refusals.CityUnknown),
            ("tuanzhang", True, {"live_rooms": 0}, PAPERS, refusals.SiteIncomplete),
            ("tuanzhang", True, {}, PAPERS[:1], refusals.DocumentMissing),
            (
                "tuanzhang",
                True,
                {},
                [PAPERS[0], founding.Paper("property", "P", date(2020, 1, 1), date(2024, 5, 31))],
                refusals.DocumentMissing,
            ),
        ],
    )
    def test_what_cannot_be_reviewed_is_refused(self, kind, gold, facts, papers, refusal):
        with pytest.raises(refusal):
            founding.apply(tenant(kind), site(**facts), papers, is_gold_leader=gold, at=AT)
        assert not Application.objects.exists()

    def test_a_paper_that_ends_today_still_holds(self):
        papers = [PAPERS[0], founding.Paper("property", "P", date(2020, 1, 1), TODAY)]
        assert founding.apply(tenant("tuanzhang"), site(), papers, is_gold_leader=True, at=AT).status == "submitted"

    def test_one_open_application_a_leader(self):
        first = application(tenant("tuanzhang", "l1"))
        with pytest.raises(refusals.ApplicationOpen):
            application(first.applicant)
        founding.refuse(first, "场地太小", by=None, at=AT)
        assert application(first.applicant).status == "submitted"

    def test_a_returned_application_is_completed_and_reviewed_again(self):
        asked = application()
        founding.send_back(asked, "请补充消防验收", by=None, at=AT)
        with pytest.raises(MoveRefused):
            founding.approve(asked, code="b1", by=None, at=AT)
        fire = founding.Paper("fire", "F-1", date(2024, 1, 1), date(2025, 1, 1))
        founding.complete(asked, site(guides=9), [fire], at=AT)
        asked.refresh_from_db()
        assert (asked.status, asked.guides, asked.reason, asked.documents.count()) == ("submitted", 9, "", 3)
        assert founding.approve(asked, code="b1", by=None, at=AT).works

    def test_a_decision_needs_its_reason(self):
        asked = application()
        for act in (founding.send_back, founding.refuse):
            with pytest.raises(ReasonMissing):
                act(asked, "  ", by=None, at=AT)
        asked.refresh_from_db()
        assert asked.status == "submitted"

    def test_the_eleventh_gold_base_finds_no_seat_until_one_closes(self):
        gold = [base(level="gold") for _ in range(10)]
        eleventh = application(level="gold", name="eleven")
        with pytest.raises(refusals.NoSeat):
            founding.approve(eleventh, code="eleven", by=None, at=AT)
        eleventh.refresh_from_db()
        assert eleventh.status == "submitted" and not Tenant.objects.filter(code="eleven").exists()
        founding.close(gold[0], "停业", at=AT)
        assert founding.approve(eleventh, code="eleven", by=None, at=AT).level == "gold"

    def test_seats_follow_the_policy_in_force(self):
        BasePolicy.objects.create(effective_from=moment("2024-06-02 00:00"), gold_seats=1, silver_seats=1)
        base()
        second = application()
        with pytest.raises(refusals.NoSeat):
            founding.approve(second, code="second", by=None, at=moment("2024-06-02 00:00"))
        assert founding.approve(second, code="second", by=None, at=moment("2024-06-01 23:59")).works

    @pytest.mark.django_db(transaction=True)
    def test_two_hands_do_not_give_the_last_seat_twice(self):
        BasePolicy.objects.create(effective_from=days.BEGINNING, gold_seats=1)
        asked = [application(level="gold", name=f"b{number}") for number in range(6)]
        answers = in_threads(6, lambda number: founding.approve(asked[number], code=f"b{number}", by=None, at=AT))
        assert sum(isinstance(answer, Base) for answer in answers) == 1
        assert sum(isinstance(answer, refusals.NoSeat) for answer in answers) == 5

    def test_a_downgraded_gold_base_works_on_as_a_silver_one(self):
        made = base(level="gold")
        founding.downgrade(made, "连续两期未达标", at=AT)
        made.refresh_from_db()
        assert (made.status, made.level, made.works) == ("downgraded", "silver", True)
        assert quotas.current(made.base, TODAY).quota == 28
        with pytest.raises(refusals.LevelWrong):
            founding.downgrade(made, "x", at=AT)
        founding.close(made, "停业", at=AT)
        with pytest.raises(MoveRefused):
            founding.close(made, "停业", at=AT)

    def test_the_list_goes_by_city(self):
        for city in ("yiwu", "hangzhou", "linyi", "hangzhou"):
            base(city=city)
        assert [each.city for each in Base.objects.by_city()] == ["hangzhou", "hangzhou", "linyi", "yiwu"]


class TestBrands:
    def test_a_gold_base_with_40_refuses_the_41st_and_a_silver_one_the_29th(self):
        for level, quota in (("gold", 40), ("silver", 28)):
            made = base(level=level)
            introduced(made, [f"{level} {number}" for number in range(quota - 1)])
            assert quotas.current(made.base, TODAY).left == 1
            introduced(made, [f"{level} last"])
            with pytest.raises(refusals.QuotaExceeded):
                introducing.introduce(made.base, authorised(f"{level} one more"), at=AT)
            progress = quotas.current(made.base, TODAY)
            assert (progress.credited, progress.waiting, progress.left) == (quota, 0, 0)

    def test_a_silver_base_that_submits_28_of_which_5_exist_is_credited_23(self):
        introduced(base(level="gold"), [f"品牌{number}" for number in range(5)])
        silver = base()
        answers = introduced(silver, [f"品牌{number}" for number in range(28)])
        assert [answer.status for answer in answers].count("duplicate") == 5
        progress = quotas.current(silver.base, TODAY)
        assert (progress.credited, progress.left) == (23, 5)

    def test_the_national_plan_comes_to_1800_brands(self):
        policy = BasePolicy.objects.in_force(AT)
        assert sum(policy.seats(level) * policy.brands(level) for level in ("gold", "silver")) == 1_800
        quota = 0
        for number in range(60):
            quota += quotas.current(base(level="gold" if number < 10 else "silver").base, TODAY).quota
        assert quota == 1_800

    @pytest.mark.parametrize("same", ["Anker", "ＡＮＫＥＲ", " anker ", "A-N-K-E-R", "an ker"])
    def test_a_name_is_one_brand_however_it_is_written(self, same):
        introduced(base(), ["Anker"])
        (second,) = introduced(base(), [same])
        assert (second.status, second.period) == ("duplicate", None)
        assert Brand.objects.count() == 1

    def test_other_names_are_other_brands(self):
        introduced(base(), ["Anker", "Anker2", "安克"])
        assert Brand.objects.count() == 3

    def test_the_first_accepted_is_credited_not_the_first_submitted(self):
        early, late = base(), base()
        first = introducing.introduce(early.base, authorised("安克"), at=AT)
        second = introducing.introduce(late.base, authorised("安克"), at=AT)
        introducing.accept(second, by=None, at=AT)
        first.refresh_from_db()
        assert (first.status, second.status) == ("duplicate", "accepted")
        assert [quotas.current(each.base, TODAY).left for each in (early, late)] == [28, 27]

    @pytest.mark.django_db(transaction=True)
    def test_accepting_two_at_once_credits_one(self):
        waiting = [introducing.introduce(base().base, authorised("安克"), at=AT) for _ in range(6)]
        in_threads(6, lambda number: introducing.accept(waiting[number], by=None, at=AT))
        statuses = sorted(Introduction.objects.values_list("status", flat=True))
        assert statuses == ["accepted"] + ["duplicate"] * 5

    def test_what_waits_counts_and_what_is_refused_gives_its_place_back(self):
        made = base()
        for number in range(28):
            introducing.introduce(made.base, authorised(f"b{number}"), at=AT)
        with pytest.raises(refusals.QuotaExceeded):
            introducing.introduce(made.base, authorised("one more"), at=AT)
        introducing.refuse(Introduction.objects.first(), "授权书不清晰", by=None, at=AT)
        assert introducing.introduce(made.base, authorised("one more"), at=AT).status == "submitted"

    def test_an_accepted_brand_is_shared_at_once_and_until_its_authorisation_ends(self):
        made = base()
        waiting = introducing.introduce(made.base, authorised("安克", last="2024-06-30"), at=AT)
        assert not Brand.objects.shared(TODAY).exists()
        introducing.accept(waiting, by=None, at=AT)
        assert Brand.objects.shared(TODAY).get().name == "安克"
        founding.close(made, "停业", at=AT)
        assert Brand.objects.shared(date(2024, 6, 30)).exists()
        assert not Brand.objects.shared(date(2024, 7, 1)).exists()

    def test_expiry_is_announced_ahead_of_time(self):
        introduced(base(), ["安克"], last="2024-07-01")
        ahead = BasePolicy.objects.in_force(AT).notice_days
        assert not Introduction.objects.expiring(date(2024, 5, 31), ahead).exists()
        assert Introduction.objects.expiring(date(2024, 6, 1), ahead).exists()
        assert Introduction.objects.expiring(date(2024, 7, 1), ahead).exists()
        assert not Introduction.objects.expiring(date(2024, 7, 2), ahead).exists()

    def test_a_renewal_uses_no_quota_and_a_lapsed_brand_is_anybodys(self):
        ours, theirs = base(), base()
        introduced(ours, ["安克"], last="2024-06-30")
        with pytest.raises(refusals.AlreadyOurs):
            introducing.introduce(ours.base, authorised("安克", "2024-06-30", "2025-06-30"), at=AT)
        introduced(ours, ["安克"], first="2024-07-01", last="2024-12-31")
        assert quotas.current(ours.base, TODAY).left == 27
        introduced(theirs, ["安克"], first="2025-01-01", last="2025-12-31")
        assert quotas.current(theirs.base, TODAY).left == 27

    @pytest.mark.parametrize(
        ("wish", "refusal"),
        [
            (authorised("…"), refusals.BrandNameMissing),
            (authorised("x" * 65), refusals.BrandNameMissing),
            (authorised("x", "2024-06-02", "2024-06-01"), refusals.AuthorisationMissing),
            (authorised("x", "2024-01-01", "2024-05-31"), refusals.AuthorisationExpired),
        ],
    )
    def test_an_introduction_that_cannot_be_is_refused(self, wish, refusal):
        with pytest.raises(refusal):
            introducing.introduce(base().base, wish, at=AT)
        assert not Introduction.objects.exists()

    def test_one_bad_brand_spoils_no_other(self):
        answers = introducing.introduce_many(base().base, [authorised("…"), authorised("a"), authorised("A")], at=AT)
        assert [getattr(answer, "code", getattr(answer, "status", "")) for answer in answers] == [
            "BRAND_NAME_MISSING", "submitted", "ALREADY_SUBMITTED",
        ]  # fmt: skip

    def test_a_closed_base_introduces_nothing(self):
        made = base()
        waiting = introducing.introduce(made.base, authorised("a"), at=AT)
        founding.close(made, "停业", at=AT)
        with pytest.raises(refusals.BaseNotWorking):
            introducing.introduce(made.base, authorised("b"), at=AT)
        with pytest.raises(refusals.BaseNotWorking):
            introducing.accept(waiting, by=None, at=AT)

    def test_a_new_year_brings_a_new_quota(self):
        made = base()
        introduced(made, [f"b{number}" for number in range(28)])
        new_year = moment("2025-01-01 00:00")
        introducing.introduce(made.base, authorised("b28"), at=new_year)
        assert quotas.current(made.base, date(2025, 1, 1)).left == 27
        with pytest.raises(refusals.QuotaExceeded):
            introducing.introduce(made.base, authorised("b29"), at=moment("2024-12-31 23:59"))
