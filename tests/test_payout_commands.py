"""``manage.py payouts``: to the bank and back on the command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from commissions.payments.payout_file import results_file
from haowu.tenants.models import PersonalDataAccess
from tests.build import staff, three_withdrawals

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    return three_withdrawals()


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("payouts", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_line_makes_a_batch_and_reads_its_results(three, tmp_path):
    staff("clerk")
    made = json.loads(run("make", tmp_path / "a.csv", "--by", "clerk", "--json"))
    assert (made["count"], made["sum_fen"]) == (3, 126_456)
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600
    run("write", tmp_path / "b.csv", "--batch", made["batch"])
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert {who.partition(":")[0] for who in PersonalDataAccess.objects.values_list("who", flat=True)} == {
        "clerk",
        "manage.py",
    }
    (tmp_path / "r.csv").write_bytes(
        results_file([(three[0].reference, 1_000, True, ""), (three[1].reference, 5, True, "")])
    )
    assert json.loads(run("read", tmp_path / "r.csv", "--json"))["counts"] == {"PAID": 1, "WRONG_AMOUNT": 1}
    assert run("read", tmp_path / "r.csv").splitlines() == [
        "REPEATED 1",
        "WRONG_AMOUNT 1",
        f"第 3 行 {three[1].reference} WRONG_AMOUNT：文件写 ¥0.05，实际打款 ¥20.00。请向银行核实金额。",
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["make", "there.csv"], "已经存在"),
        (["make", "new.csv", "--by", "nobody"], "nobody"),
        (["make", "no/where.csv"], "payouts write"),
        (["write", "new.csv", "--batch", "P1"], "NOT_FOUND"),
        (["read", "missing.csv"], "missing.csv"),
        (["read", "there.csv"], "HEADER_UNKNOWN"),
    ],
)
def test_the_command_line_says_what_is_wrong(three, tmp_path, arguments, says):
    (tmp_path / "there.csv").write_text("x")
    act, name, *rest = arguments
    with pytest.raises(CommandError, match=says):
        run(act, tmp_path / name, *rest)
