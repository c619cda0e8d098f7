"""An upstream file against the books: what matches, what differs and how, and what two people do about it."""

import json

import pytest
from django.core.management import CommandError, call_command

from commissions.cases import reconciliation, upstream
from commissions.cases.casework import trail_of
from commissions.models import ReconciliationItem, UpstreamFile, UpstreamRow
from haowu.approvals.models import Trail
from haowu.approvals.rules import ReasonMissing, SecondPersonNeeded, StaffOnly
from haowu.ground.states import MoveRefused
from haowu.ledger.models import Posting
from tests.build import merchant, moment, settle, source
from tests.casework import audit_is_clean, balance, everything, open_market, refund, sell, staff

pytestmark = pytest.mark.django_db
HEADER = "order_no,line_no,paid_fen,refunded_fen,commission_fen,settled_on"
AT = moment("2024-06-11 10:00")


@pytest.fixture
def market():
    return open_market()


@pytest.fixture
def books(market):
    """o1 and o2 settled on 9 June at 12.50 each, o3 settles on 10 June."""
    for order_no, received in (("o1", "2024-06-01"), ("o2", "2024-06-01"), ("o3", "2024-06-02")):
        sell(market, order_no, f"{received} 12:00")
    settle("2024-06-09")
    return market


def written(tmp_path, *rows: str, header: str = HEADER, name: str = "upstream.csv"):
    file = tmp_path / name
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def read(tmp_path, *rows: str, at=AT, **fields) -> reconciliation.Reading:
    return reconciliation.read(written(tmp_path, *rows, **fields), at=at)


def found(reading: reconciliation.Reading) -> dict[str, int]:
    return {kind: count for kind, count in reading.found.items() if count}


def only(kind: str) -> ReconciliationItem:
    return ReconciliationItem.objects.get(kind=kind)


RIGHT = ("o1,1,10000,0,1250,2024-06-09", "o2,1,10000,0,1250,2024-06-09", "o3,1,10000,0,1250,2024-06-10")


def test_a_file_that_agrees_is_matched_line_by_line(books, tmp_path):
    settle("2024-06-10")
    reading = read(tmp_path, *RIGHT)
    assert (found(reading), reading.bad) == ({"matched": 3}, [])
    assert ReconciliationItem.objects.count() == 0


def test_each_difference_is_named_by_its_kind(books, tmp_path):
    settle("2024-06-10")
    reading = read(
        tmp_path,
        "o1,1,10000,0,1200,2024-06-09",
        "o1,1,10000,0,1200,2024-06-09",
        "o3,1,10000,0,1250,2024-06-13",
        "o9,1,5000,0,625,2024-06-09",
    )
    assert found(reading) == {
        "missing_here": 1, "missing_there": 1, "amount_differs": 1, "duplicate": 1, "timing": 1,
    }  # fmt: skip
    items = ReconciliationItem.objects.order_by("order_no", "row_no").values_list("kind", "order_no", "row_no")
    assert list(items) == [
        ("amount_differs", "o1", 2),
        ("duplicate", "o1", 3),
        ("missing_there", "o2", None),
        ("timing", "o3", 4),
        ("missing_here", "o9", 5),
    ]
    assert only("amount_differs").difference_fen == -50
    assert only("missing_there").difference_fen == -1250


@pytest.mark.parametrize(
    ("their_day", "kind"), [("2024-06-12", "timing"), ("2024-06-13", "amount_differs"), ("", "timing")]
)
def test_the_same_amount_on_another_day_is_timing_within_three_days(books, tmp_path, their_day, kind):
    assert found(read(tmp_path, RIGHT[0], f"o2,1,10000,0,1250,{their_day}")) == {"matched": 1, kind: 1}


def test_a_line_that_waits_for_a_near_night_is_timing_and_one_that_has_settled_nowhere_matches(books, tmp_path):
    assert found(read(tmp_path, *RIGHT[:2], "o3,1,10000,0,1250,2024-06-09")) == {"matched": 2, "timing": 1}
    assert found(read(tmp_path, *RIGHT[:2], "o3,1,10000,0,1250,")) == {"matched": 3}


def test_refunds_count_from_when_they_are_known_and_stay_when_they_are_clawed_back(books, tmp_path):
    refund(books, "o1", "2024-06-09 12:00", 4_000)
    refunded = "o1,1,10000,4000,750,2024-06-09"
    assert found(read(tmp_path, refunded, *RIGHT[1:])) == {"matched": 3}
    settle("2024-06-10")
    assert found(read(tmp_path, *RIGHT[1:], refunded)) == {"matched": 3}
    assert found(read(tmp_path, *RIGHT)) == {"matched": 2, "amount_differs": 1}


def test_the_same_file_again_changes_nothing_and_answers_the_same(books, tmp_path):
    first = read(tmp_path, RIGHT[0], "bad", "o9,1,5000,0,625,2024-06-09")
    before = [everything(), list(UpstreamFile.objects.values()), list(UpstreamRow.objects.values())]
    again = read(
        tmp_path, RIGHT[0], "bad", "o9,1,5000,0,625,2024-06-09", name="other.csv", at=moment("2024-07-01 10:00")
    )
    assert [everything(), list(UpstreamFile.objects.values()), list(UpstreamRow.objects.values())] == before
    assert (first.is_new, again.is_new, again.found, again.bad) == (True, False, first.found, first.bad)


def test_a_later_file_clears_what_it_no_longer_disagrees_with_and_keeps_the_rest(books, tmp_path):
    read(tmp_path, "o1,1,10000,0,1200,2024-06-09", "o2,1,10000,0,1200,2024-06-09")
    read(tmp_path, RIGHT[0], "o2,1,10000,0,1200,2024-06-09", at=moment("2024-06-15 10:00"))
    items = ReconciliationItem.objects.order_by("order_no").values_list("order_no", "status", "found_on", "closed_on")
    cells = [tuple(str(cell) for cell in row) for row in items]
    assert cells == [("o1", "cleared", "2024-06-11", "2024-06-15"), ("o2", "open", "2024-06-11", "None")]
    assert list(Trail.objects.filter(subject_kind="reconciliation").values_list("act", "subject")) == [
        ("cleared", str(ReconciliationItem.objects.get(order_no="o1").pk))
    ]


def test_bad_rows_are_named_by_number_with_a_remedy_and_spoil_no_others(books, tmp_path):
    reading = read(
        tmp_path, RIGHT[0], "o2,x,10000,0,1250,2024-06-09", "o2,1,10000,0,12.5,2024-06-09", "o2,1,1,2,0,2024-06-09",
        "o2,1,10000,0,1250,9.6.2024", ",1,10000,0,1250,", "o2,1", "", RIGHT[1],
    )  # fmt: skip
    assert found(reading) == {"matched": 2}
    assert [(row.row_no, row.code) for row in reading.bad] == [
        (3, "NUMBER_WRONG"),
        (4, "NUMBER_WRONG"),
        (5, "REFUND_EXCEEDS_PAYMENT"),
        (6, "DAY_WRONG"),
        (7, "ORDER_NO_WRONG"),
        (8, "CELLS_WRONG"),
    ]
    assert reading.bad[1].message == "commission_fen 为「12.5」，须为不小于 0 的整数（金额以分计）。请改正。"


def test_a_file_without_its_header_or_not_to_be_read_is_refused_and_nothing_is_kept(books, tmp_path):
    with pytest.raises(upstream.HeaderWrong) as refused:
        read(tmp_path, RIGHT[0], header="order_no,line_no,paid_fen")
    assert refused.value.facts == {"missing": "refunded_fen, commission_fen, settled_on"}
    with pytest.raises(upstream.FileUnreadable):
        reconciliation.read(tmp_path / "nothing.csv", at=AT)
    assert (UpstreamFile.objects.count(), UpstreamRow.objects.count()) == (0, 0)


def test_a_cell_that_no_database_keeps_costs_its_own_row_alone(books, tmp_path):
    rows = [RIGHT[0].encode(), "订单,1,0,0,0,".encode("gbk"), b"a\x00,1,0,0,0,", b"a,99999999999,0,0,0,"]
    rows += [b"a,1," + b"9" * 5000 + b",0,0,", b"a,1,0,0,0,9999-12-31", RIGHT[1].encode()]
    header = f"\ufeff{HEADER}".encode().replace(b"order_no", b'"order_no"')
    (tmp_path / "mixed.csv").write_bytes(b"\n".join([header, *rows]))
    reading = reconciliation.read(tmp_path / "mixed.csv", at=AT)
    assert found(reading) == {"matched": 2}
    assert [(row.row_no, row.code) for row in reading.bad] == [
        (3, "ORDER_NO_WRONG"),
        (4, "ORDER_NO_WRONG"),
        (5, "NUMBER_WRONG"),
        (6, "NUMBER_WRONG"),
        (7, "DAY_WRONG"),
    ]


def test_only_the_lines_of_the_source_named_are_compared(books, tmp_path):
    other = source("other")
    file = written(tmp_path, RIGHT[0], RIGHT[1])
    assert found(reconciliation.read(file, source=other, at=AT)) == {"missing_here": 2}
    assert found(reconciliation.read(file, source=books[1], at=AT)) == {"matched": 2}


def differing(tmp_path) -> ReconciliationItem:
    """Upstream says 13.00 for o1, the books 12.50."""
    read(tmp_path, "o1,1,10000,0,1300,2024-06-09", RIGHT[1])
    return only("amount_differs")


def test_two_people_resolve_a_difference_with_an_adjustment(books, tmp_path):
    item = differing(tmp_path)
    reconciliation.propose(item, "上游按 13% 结算", amount_fen=50, by=staff("maker"), at=AT)
    assert balance("available") == 2250
    reconciliation.resolve(item, by=staff("checker"), at=moment("2024-06-14 10:00"))
    assert (balance("available"), balance("correction", "platform")) == (2300, -50)
    posted = Posting.objects.get(kind="correction")
    assert (posted.reference, posted.amount_fen) == (f"reconciliation:{item.pk}", 50)
    item.refresh_from_db()
    assert (item.status, item.days_open(), item.reason) == ("resolved", 3, "上游按 13% 结算")
    rows = trail_of(item)
    assert [(row.act, row.user.username) for row in rows] == [("proposed", "maker"), ("approved", "checker")]
    settle("2024-06-14")
    assert audit_is_clean()
    again = read(tmp_path, "o1,1,10000,0,1300,2024-06-09", RIGHT[1], "o3,1,10000,0,1250,2024-06-14")
    assert found(again)["amount_differs"] == 1
    assert only("amount_differs").status == "resolved"


def test_a_difference_may_be_resolved_with_words_alone(books, tmp_path):
    item = differing(tmp_path)
    reconciliation.propose(item, "上游口径不同，不调整", by=staff("maker"), at=AT)
    reconciliation.resolve(item, by=staff("checker"), at=AT)
    assert (Posting.objects.filter(kind="correction").count(), balance("available")) == (0, 2250)


def test_a_resolution_sent_back_posts_nothing_and_may_be_proposed_again(books, tmp_path):
    item = differing(tmp_path)
    reconciliation.propose(item, "补 0.50", amount_fen=50, by=staff("maker"), at=AT)
    reconciliation.send_back(item, "只补 0.20", by=staff("checker"), at=AT)
    reconciliation.propose(item, "补 0.20", amount_fen=20, by=staff("maker"), at=AT)
    reconciliation.resolve(item, by=staff("checker"), at=AT)
    assert balance("available") == 2270
    assert audit_is_clean()


@pytest.mark.parametrize(
    ("refusal", "act"),
    [
        (reconciliation.AdjustmentInvalid, lambda i: reconciliation.propose(i, "x", amount_fen=51, by=staff(), at=AT)),
        (reconciliation.AdjustmentInvalid, lambda i: reconciliation.propose(i, "x", amount_fen=-1, by=staff(), at=AT)),
        (ReasonMissing, lambda i: reconciliation.propose(i, "", by=staff(), at=AT)),
        (StaffOnly, lambda i: reconciliation.propose(i, "x", by=staff("guest", is_staff=False), at=AT)),
        (MoveRefused, lambda i: reconciliation.resolve(i, by=staff(), at=AT)),
    ],
    ids=["too much", "against it", "no reason", "guest", "not proposed"],
)
def test_a_refused_resolution_changes_nothing(books, tmp_path, refusal, act):
    item = differing(tmp_path)
    staff(), staff("guest", is_staff=False)
    before = everything()
    with pytest.raises(refusal):
        act(item)
    assert everything() == before


def test_nobody_resolves_what_they_proposed(books, tmp_path):
    item = differing(tmp_path)
    reconciliation.propose(item, "补 0.50", amount_fen=50, by=staff("maker"), at=AT)
    before = everything()
    with pytest.raises(SecondPersonNeeded):
        reconciliation.resolve(item, by=staff("maker"), at=AT)
    assert everything() == before


def test_an_adjustment_of_a_line_that_is_missing_here_names_its_party(books, tmp_path):
    read(tmp_path, *RIGHT[:2], "o9,1,5000,0,625,2024-06-09")
    item, party = only("missing_here"), merchant("m9")
    with pytest.raises(reconciliation.PartyMissing):
        reconciliation.propose(item, "补记", amount_fen=625, by=staff("maker"), at=AT)
    reconciliation.propose(item, "补记", amount_fen=625, party=party, by=staff("maker"), at=AT)
    reconciliation.resolve(item, by=staff("checker"), at=AT)
    assert balance("available", "m9") == 625


def test_the_command_tells_what_it_found_and_how_long_it_has_been_open(books, tmp_path, capsys):
    read(tmp_path, "o1,1,10000,0,1200,2024-06-09", RIGHT[1], at=moment("2024-06-11 10:00"))
    file = written(tmp_path, "o2,1,10000,0,1250,2024-06-09", "o9,1,5000,0,625,x", RIGHT[0], name="next.csv")
    call_command("reconcile", str(file), "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["is_new"], report["rows"], report["found"]["matched"], report["open_by_days"]) == (True, 2, 2, {})
    assert [(row["row_no"], row["code"]) for row in report["bad"]] == [(3, "DAY_WRONG")]
    with pytest.raises(CommandError, match="HEADER_WRONG"):
        call_command("reconcile", str(written(tmp_path, header="a,b")))
    with pytest.raises(CommandError, match="nobody"):
        call_command("reconcile", str(file), "--source", "nobody")


def test_ages_count_what_is_not_resolved(books, tmp_path):
    read(tmp_path, "o1,1,10000,0,1200,2024-06-09", RIGHT[1])
    day = moment("2024-06-11 10:00").date()
    from datetime import timedelta

    ages = [reconciliation.ages(day + timedelta(days=number)) for number in (3, 4, 8, 31)]
    assert ages == [{"0-3": 1}, {"4-7": 1}, {"8-30": 1}, {"31+": 1}]
