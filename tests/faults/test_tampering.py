"""What a superuser changes with the triggers off, the audit names."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from commissions.nights import night
from haowu.approvals import trail
from haowu.approvals.models import Trail, TrailLink
from haowu.audit import invariants as audit
from haowu.ground import days
from haowu.tenants.scope import platform_scope
from tests.faults.market import DAY_DATE, audit_complaints
from tests.faults.processes import edit
from tests.faults.rows import catches, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.campaign]
TAMPERED = "ledger row edited with triggers off"

EDITS = {
    "a posting's amount": (
        "ledger_posting",
        "UPDATE ledger_posting SET amount_fen = amount_fen + 1 WHERE id = (SELECT max(id) FROM ledger_posting)",
        {"I2", "I11"},
    ),
    "a posting deleted": (
        "ledger_posting",
        "DELETE FROM ledger_posting WHERE id = (SELECT max(id) FROM ledger_posting)",
        {"I2", "I11"},
    ),
    "a balance": (
        "ledger_account",
        "UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE kind = 'available' AND id IN"
        " (SELECT max(id) FROM ledger_account WHERE kind = 'available')",
        {"I1", "I2"},
    ),
    "two balances, so that the sum is right": (
        "ledger_account",
        "UPDATE ledger_account SET balance_fen = balance_fen + CASE kind WHEN 'available' THEN 1 ELSE -6 END"
        " WHERE kind IN ('available', 'revenue')",
        {"I2"},
    ),
    "a daily balance": (
        "ledger_dailybalance",
        "UPDATE ledger_dailybalance SET closing_fen = closing_fen + 1, inflow_fen = inflow_fen + 1"
        " WHERE id = (SELECT max(id) FROM ledger_dailybalance)",
        {"I2"},
    ),
    "a settlement row": (
        "commissions_settlement",
        "UPDATE commissions_settlement SET streamer_fen = streamer_fen + 1, cost_fen = cost_fen + 1"
        " WHERE line_id = (SELECT max(line_id) FROM commissions_settlement)",
        {"I9", "I10", "I11"},
    ),
    "a settlement row deleted": (
        "commissions_settlement",
        "DELETE FROM commissions_settlement WHERE line_id = (SELECT max(line_id) FROM commissions_settlement)",
        {"I3", "I9", "I11"},
    ),
    "an event deleted": (
        "commissions_orderevent",
        "DELETE FROM commissions_orderevent WHERE type = 'paid'",
        {"I8"},
    ),
}


SECOND_ROW = "(SELECT trail_id FROM approvals_traillink WHERE number = 2)"
TRAIL_EDITS = {
    "a row edited": (
        {"approvals_trail": f"UPDATE approvals_trail SET actor = 'somebody else' WHERE id = {SECOND_ROW}"},
        "#2 trail {second}: the row was edited",
    ),
    "a row cut out": (
        {"approvals_trail": f"DELETE FROM approvals_trail WHERE id = {SECOND_ROW}"},
        "#2 trail {second}: the row was cut out",
    ),
    "a row cut out with its link": (
        {
            "approvals_trail": f"DELETE FROM approvals_trail WHERE id = {SECOND_ROW}",
            "approvals_traillink": "DELETE FROM approvals_traillink WHERE number = 2",
        },
        "#3 trail {third}: links 2 to 2 are missing",
    ),
    "a link edited": (
        {"approvals_traillink": "UPDATE approvals_traillink SET hash = repeat('a', 64) WHERE number = 2"},
        "#2 trail {second}: the row was edited",
    ),
}


@pytest.mark.parametrize("what", TRAIL_EDITS)
def test_the_audit_names_the_row_of_the_trail_that_was_edited_or_cut_out(what, record_property):
    edits, named = TRAIL_EDITS[what]
    for number in (1, 2, 3):
        trail.record("changed", "tenant", f"t{number}", at=days.now())
    with row(record_property, TAMPERED) as case:
        assert audit_complaints()[0] == []
        _first, second, third = TrailLink.objects.in_order().values_list("trail_id", flat=True)
        for table, statement in edits.items():
            edit(table, statement)
        complaints, checks = audit_complaints()
        assert codes(complaints) == {"I15"}, complaints
        assert any(named.format(second=second, third=third) in each for each in complaints)
        case.holds([], checks)


CUT = "trail row cut out before it is linked"


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_the_audit_names_the_number_of_a_row_that_was_cut_out_before_it_was_linked(cut, record_property):
    trail.record_many("changed", [trail.Entry("tenant", f"t{number}") for number in (1, 2, 3)], at=days.now())
    with row(record_property, CUT) as case:
        lane = Trail.objects.values_list("lane", flat=True)[0]
        edit("approvals_trail", f"DELETE FROM approvals_trail WHERE number = {cut}")
        complaints, checks = audit_complaints()
        assert [each.split()[0] for each in complaints] == ["I15.6"]
        assert complaints[0].endswith(f"['lane {lane} numbers {cut} to {cut}']")
        case.holds([], checks)


def test_acts_at_one_moment_wait_for_no_number(record_property):
    """Another session's act is still open, and holds its lane, while this one records."""
    with row(record_property, CUT) as case:
        held, done = Event(), Event()
        other = Thread(target=keep_recording, args=(held, done))
        other.start()
        assert held.wait(10)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            trail.record("changed", "tenant", "mine", at=days.now())
        done.set()
        other.join()
        lanes = dict(Trail.objects.values_list("subject", "lane"))
        assert len(lanes) == len(set(lanes.values())) == 2
        complaints, checks = audit_complaints()
        case.holds(complaints, checks)


def keep_recording(held: Event, done: Event) -> None:
    with transaction.atomic(), platform_scope():
        trail.record("changed", "tenant", "other", at=days.now())
        held.set()
        done.wait(10)
    connection.close()


def codes(complaints: list[str]) -> set[str]:
    return {complaint.split()[0].split(".")[0] for complaint in complaints}


@pytest.mark.parametrize("what", EDITS)
def test_the_audit_names_what_was_edited(due_day, what, record_property):
    table, statement, named = EDITS[what]
    with row(record_property, TAMPERED) as case:
        night.settle(DAY_DATE, now=days.now())
        assert audit_complaints()[0] == []
        edit(table, statement)
        complaints, checks = audit_complaints()
        assert named <= codes(complaints), complaints
        case.holds([], checks)


def test_an_audit_that_trusts_what_is_stored_would_be_noticed(due_day, monkeypatch, record_property):
    """Without the checks that add up anew, the edit stays unseen: that is what they are for."""
    night.settle(DAY_DATE, now=days.now())
    table, statement, named = EDITS["two balances, so that the sum is right"]
    edit(table, statement)
    monkeypatch.setattr(audit, "_SEARCHES", [each for each in audit._SEARCHES if not each[0].startswith("I2")])
    unseen = named - codes(audit_complaints()[0])
    catches(record_property, TAMPERED, "an audit that trusts stored balances", sorted(unseen))
