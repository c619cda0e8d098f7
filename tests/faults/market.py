"""The day that the faults fall upon, sixty lines due in the night of 9 June, and what must hold of it afterwards."""

from commissions.models import Run, Settlement
from commissions.nights import night
from haowu.audit.invariants import run_audit
from haowu.ledger.models import Account
from tests.build import bought, event, merchant, normal_plan, paid, pick, product, push, source, streamer

LINES = 60
DAY = "2024-06-09"
DAY_DATE = night.date.fromisoformat(DAY)
DUE_COST_FEN = sum((2000 * (1000 + number) + 5000) // 10_000 for number in range(1, LINES + 1))


def make_due_day():
    """The product and the source that sold it."""
    goods, by = product(merchant("m1")), source()
    normal_plan(goods, 2000)
    for number in range(6):
        pick(streamer(f"s{number}"), goods, f"x{number}")
    lines = [bought(goods, f"x{number % 6}", line_no=number, price_fen=1000 + number) for number in range(1, LINES + 1)]
    push(by, [paid("o1", "2024-06-01 08:00", lines), event("received", "o1", "2024-06-01 12:00")])
    return goods, by


def audit_complaints() -> tuple[list[str], int]:
    """What the audit finds, by name, and how many invariants it looked at."""
    findings = run_audit()
    return [f"{each.code} {each.title} {each.examples}" for each in findings if not each.holds], len(findings)


def night_complaints() -> tuple[list[str], int]:
    """What is not as it must be once the due day of ``market`` has been settled, by whomever and however often."""
    complaints, checks = audit_complaints()
    rows, cost = Settlement.objects.count(), sum(Settlement.objects.values_list("cost_fen", flat=True))
    clearing = Account.objects.filter(kind="clearing").exclude(balance_fen=0).count()
    if not Run.objects.closed().filter(day=DAY).exists():
        complaints.append("the night is not closed")
    if (rows, cost, clearing) != (LINES, DUE_COST_FEN, 0):
        complaints.append(f"{rows} rows of {cost} fen, {clearing} clearing accounts open")
    return complaints, checks + 4
