"""Files that other systems really sent, as they stand in ``tests/cases``: what each must come to."""

import json
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from commissions.models import OrderLine, Policy, Withdrawal
from commissions.payments import payouts, withdrawals
from haowu.ledger.models import Account
from haowu.market import loading
from merchants.models import Category, Plan, Product
from streamers.models import Pick, Profile
from tests import build
from tuanzhang.models import Activity

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent / "cases"


def run(command: str, *arguments: object) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    out.getvalue().encode()  # what a terminal or a pipe does with it
    return out.getvalue()


def answer(command: str, case: str, *options: str) -> dict:
    return json.loads(run(command, CASES / case, *options, "--json"))


def refusals(loaded: dict) -> list[tuple[str, str]]:
    return [(refusal["entry"], refusal["code"]) for refusal in loaded["refusals"]]


def results(pushed: dict) -> list[tuple[int, str, str]]:
    return [(result["line"], result["status"], result["code"]) for result in pushed["results"]]


def test_20_a_cut_emoji_in_an_event_id_costs_that_event_alone_and_its_answer_is_printed():
    assert refusals(answer("load_market", "20-push-lone-surrogate/market.json")) == []
    pushed = answer("push_events", "20-push-lone-surrogate/events.jsonl")
    assert results(pushed) == [(1, "accepted", ""), (2, "rejected", "FIELD_INVALID"), (3, "accepted", "")]
    again = run("push_events", CASES / "20-push-lone-surrogate/events.jsonl")
    assert "第 2 行" in again
    assert "duplicate: 2  rejected: 1" in again


def test_21_a_line_nested_a_thousand_deep_is_refused_by_its_number():
    answer("load_market", "20-push-lone-surrogate/market.json")
    answer("push_events", "20-push-lone-surrogate/events.jsonl")
    pushed = answer("push_events", "21-push-deep-json/events.jsonl")
    assert results(pushed)[1] == (2, "rejected", "LINE_UNREADABLE")
    assert [status for _line, status, _code in results(pushed)[::2]] == ["accepted", "accepted"]


def test_22_the_year_1_is_refused_with_its_plan_and_the_rest_is_loaded():
    loaded = answer("load_market", "22-market-first-year/market.json")
    assert refusals(loaded) == [("plans[0]", "ENTRY_INVALID")]
    assert "rates[0].at" in loaded["refusals"][0]["message"]
    assert loaded["loaded"] == {"merchant": 1, "product": 1, "streamer": 1, "pick": 1}


def test_23_unlimited_stock_and_three_billion_fans_do_not_fit_and_cost_their_own_entries():
    loaded = answer("load_market", "23-market-unlimited-stock/market.json")
    assert refusals(loaded) == [("merchants[0].products[0]", "ENTRY_INVALID"), ("streamers[1]", "ENTRY_INVALID")]
    assert "stock" in loaded["refusals"][0]["message"]
    assert loaded["loaded"] == {"merchant": 1, "product": 1, "streamer": 1, "plan": 1, "pick": 1}
    assert list(Profile.objects.values_list("streamer__code", "fans")) == [("s23", 0)]


@pytest.mark.parametrize(
    ("file", "place", "field", "products"),
    [
        ("market", "merchants[0].products[0]", "title", ["p2"]),
        ("market-long-name", "merchants[0]", "name", []),
        ("market-long-category", "merchants[0].products[0]", "category", []),
        ("market-cut-emoji", "merchants[0].products[0]", "title", []),
        ("market-category-number", "merchants[0].products[0]", "category", ["p2"]),
    ],
)
def test_24_text_that_its_column_cannot_hold_costs_its_own_entry(file, place, field, products):
    loaded = answer("load_market", f"24-market-long-title/{file}.json")
    assert refusals(loaded) == [(place, "ENTRY_INVALID")]
    assert loaded["refusals"][0]["message"].startswith(f"字段 {field}：")
    assert list(Product.objects.listed().values_list("code", flat=True)) == products


def test_25_a_plans_product_may_be_named_with_its_merchant():
    assert refusals(answer("load_market", "25-market-plan-product-object/market.json")) == []
    assert Plan.objects.get().product.code == "p1"


def test_26_a_market_loaded_twice_adds_nothing():
    policies = Policy.objects.count()
    assert answer("load_market", "26-market-loaded-twice/market.json")["loaded"] == {
        "merchant": 1, "product": 1, "streamer": 1, "plan": 1, "pick": 1,
    }  # fmt: skip
    assert answer("load_market", "26-market-loaded-twice/market.json")["loaded"] == {}
    assert Policy.objects.count() == policies


@pytest.mark.parametrize(
    ("file", "leaves"),
    [
        ("market", {"p1": "Rice Cookers", "p2": "Blenders"}),
        ("market-same-head", {"p1": "Rice Cookers for 3 to 4 persons", "p2": "Rice Cookers for restaurants"}),
    ],
)
def test_27_leaves_below_a_long_path_stay_apart(file, leaves):
    assert refusals(answer("load_market", f"27-category-path-cut/{file}.json")) == []
    found = Product.objects.listed().values_list("code", "category__name", "category__level")
    assert sorted(found) == [(code, name, 3) for code, name in leaves.items()]
    assert Category.objects.get(name=leaves["p1"]).parent == Category.objects.get(name=leaves["p2"]).parent


@pytest.mark.parametrize("file", ["plain", "quoted"])
def test_28_header_cells_may_stand_in_quotes(file):
    report = answer("import_orders", f"28-import-quoted-header/{file}.csv")
    assert [report[name] for name in ("rows", "lines", "refunds", "refused")] == [2, 1, 1, 0]


def test_29_a_price_below_a_fen_is_multiplied_before_it_is_rounded():
    report = answer("import_orders", "29-import-sub-cent-price/orders.csv")
    assert (report["lines"], report["refused"]) == (4, 0)
    stories = [json.loads(run("explain", f"T{number}", "--json")) for number in (100, 101, 102, 103)]
    assert [story["base_fen"] for story in stories] == [170, 3_132_173, 12_500, 1_600]


@pytest.mark.parametrize("file", ["results-clean", "results-nul", "results-gb18030"])
def test_31_a_bank_that_fills_up_its_words_with_nul_bytes_pays_two_and_fails_one(file, tmp_path):
    build.policy(min_withdrawal_fen=1, daily_withdrawal_fen=10**9, checked_above_fen=10**9)
    asked = []
    for number, fen in enumerate((12_719, 1_000, 600)):
        party = build.streamer(f"s{number}")
        build.bank_account(party, f"622202000000000{number}", "张三")
        build.money(party, fen)
        asked.append(withdrawals.request(party, "n1", fen, None, build.moment("2024-06-10 12:00")))
    payouts.make_batch(None, build.moment("2024-06-10 13:00"), who="test")
    (tmp_path / "results.csv").write_bytes(_of(asked, (CASES / f"31-bank-results-nul/{file}.csv").read_bytes()))
    read = json.loads(run("payouts", "read", tmp_path / "results.csv", "--json"))
    assert read["counts"] == {"FAILED": 1, "PAID": 2}
    assert list(Withdrawal.objects.order_by("pk").values_list("status", "reason")) == [
        ("paid", ""),
        ("failed", "账户不存在"),
        ("paid", ""),
    ]
    available = Account.objects.filter(kind=Account.Kind.AVAILABLE, owner__in=[one.tenant_id for one in asked])
    assert sorted(available.values_list("balance_fen", flat=True)) == [0, 0, 1_000]
    assert json.loads(run("payouts", "read", tmp_path / "results.csv", "--json"))["counts"] == {"REPEATED": 3}


def _of(asked: list[Withdrawal], results: bytes) -> bytes:
    """The file of W000000000001 … 3 with this test's numbers, and its checksum over them where it has one."""
    for number, withdrawal in enumerate(asked, start=1):
        results = results.replace(f"W{number:012}".encode(), withdrawal.reference.encode())
    *lines, total = results.splitlines(keepends=True)
    body, cells = b"".join(lines), total.rstrip(b"\r\n").split(b",")
    cells[3] = sha256(body).hexdigest().encode() if cells[3] else b""
    return body + b",".join(cells) + b"\r\n"


def test_34_an_activity_without_end_says_so_by_leaving_its_end_out():
    """The year 9999 is no moment that every zone can show; what depends on the activity is refused with it."""
    loaded = answer("load_market", "34-activity-without-end-9999/market.json")
    assert refusals(loaded) == [("activities[0]", "ENTRY_INVALID"), ("picks[0]", "UNKNOWN_REFERENCE")]
    assert loaded["refusals"][0]["message"].startswith("字段 ends_at：")
    assert (Activity.objects.count(), Pick.objects.count(), Plan.objects.count()) == (0, 0, 1)
    assert results(answer("push_events", "34-activity-without-end-9999/events.jsonl")) == [(1, "accepted", "")]
    assert not OrderLine.objects.get().first_leader_id


def test_41_a_byte_order_mark_is_passed_over():
    assert answer("load_market", "41-byte-order-mark/bom-market.json") == {"loaded": {"tuanzhang": 1}, "refusals": []}
    market = {
        "merchants": [{"code": "m16", "products": [{"code": "p1", "price_fen": 10000}]}],
        "streamers": [{"code": "s16"}],
        "picks": [{"pid": "x16", "streamer": "s16", "product": {"merchant": "m16", "code": "p1"}}],
    }
    assert loading.load(market).refusals == []
    pushed = answer("push_events", "41-byte-order-mark/bom.jsonl")
    assert results(pushed) == [(1, "accepted", ""), (2, "accepted", "")]
