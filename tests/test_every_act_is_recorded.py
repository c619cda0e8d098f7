"""Promise 11, act by act: a line for each that changes money, terms, permission, policy, membership or documents.

A test looks through the code for acts that write: one that is neither in these tables nor in ``OWN_BOOKS`` fails it.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from haowu.approvals.models import Trail
from tests import recorded_acts
from tests.recorded_acts import bases, cases, leaders, money, parties
from tests.recorded_acts.kept import Kept, Line

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "merchants", "merchants/importing", "streamers", "streamers/links", "streamers/clicks", "streamers/live",
    "tuanzhang", "bases", "commissions/cases", "commissions/leaders", "commissions/nights",
    "commissions/orders", "commissions/payments", "commissions/postings", "haowu/approvals", "haowu/ledger",
    "haowu/partners", "haowu/tenants",
)  # fmt: skip
DOORS = {"admin", "level_admin", "recorded_admin", "forms", "filters", "urls", "apps", "tasks", "recorded"}
WRITING_METHODS = {
    "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "save", "update", "delete",
    "_raw_delete", "move",
}  # fmt: skip
WRITING_FUNCTIONS = {"insert_rows", "update_rows", "move_all", "post", "post_all"}

TABLES = [
    table
    for module in (parties, leaders, money, cases, bases)
    for name, table in vars(module).items()
    if name[:3] == "of_"
]

OWN_BOOKS = {
    "the events are their own log, append-only, and name their source": {
        "commissions.orders.intake.receive", "commissions.orders.adjusting.replace_adjustments",
        "haowu.partners.idempotency.idempotent",
    },
    "feeds, reservations and their movements are kept row by row, and name their base": {
        "bases.feed_rows.pack", "bases.feeding.receive", "bases.feeding.apply_waiting", "bases.pulling.claim_due",
        "bases.pulling.pull", "bases.reserving.reserve_many", "bases.reserving.reserve", "bases.reserving.release",
        "bases.reserving.dispatch", "bases.supplying.apply_needs", "bases.supplying.serve_waiting",
        "bases.pruning.prune_rows", "bases.feeding.confirm",
    },
    "the steps of a night, which is recorded as it opens, closes, fails and is acted upon": {
        "commissions.nights.failing.give_back", "commissions.nights.failing.free", "commissions.nights.night.settle",
        "commissions.nights.night.work_on", "commissions.nights.night.claim", "commissions.nights.night.settle_shard",
        "commissions.nights.stepping.apply_steps", "commissions.postings.funding.hold_what_deposits_cannot_pay",
    },
    "what cases, withdrawals and nights do to the books; these are recorded themselves": {
        "commissions.payments.withdrawals.post_ends", "commissions.postings.freezing.book",
        "commissions.postings.freezing.freeze_missing", "commissions.postings.freezing.release_for_clawbacks",
        "commissions.postings.freezing.pay_from_frozen",
        "commissions.postings.freezing.collect", "commissions.postings.funding.show_again",
        "haowu.ledger.books.open_accounts", "haowu.ledger.books.post",
    },
    "consequences of an act that is recorded: the brand and prices of goods that change, a base's quota": {
        "bases.branding.brand_products", "merchants.prices.lay_down_prices", "bases.quotas.period_of",
        "bases.quotas.lower",
    },
    "counted from orders, a row a day that is never edited": {"merchants.scoring.score_shops"},
    "drafts are seen by their owner alone, and recorded once they are offered": {
        "merchants.editing.add_product", "merchants.listing.add_products", "merchants.listing.add_many",
        "tuanzhang.activities.draft", "tuanzhang.activities.change", "tuanzhang.activities.delete",
    },
    "no money, no terms: pictures, the shelf, recommendations, rooms": {
        "merchants.pictures.add_picture", "merchants.pictures.remove_picture", "merchants.pictures.move_picture",
        "merchants.stocking.set_stock", "streamers.shelf.pick_many",
        "streamers.shelf.unpick_many", "streamers.links.making.make_many", "streamers.links.making.make",
        "streamers.live.planning.plan", "streamers.live.planning.cancel", "streamers.live.planning.add_items",
        "streamers.live.planning.add_item", "streamers.live.planning.change_item",
        "streamers.live.planning.remove_item", "streamers.live.planning.move_item", "streamers.live.running.start",
        "streamers.live.running.end", "streamers.live.running.present", "streamers.live.clicks.keep_clicks",
        "streamers.shelf.pick", "streamers.shelf.unpick", "streamers.shelf.replace", "streamers.arranging.add_group",
        "streamers.arranging.rename_group", "streamers.arranging.drop_group", "streamers.arranging.move_to_group",
        "streamers.arranging.place", "tuanzhang.recommending.recommend",
        "tuanzhang.recommending.end", "tuanzhang.recommending.look", "tuanzhang.recommending.ask",
        "tuanzhang.recommending.decline", "tuanzhang.recommending.retract", "tuanzhang.recommending.keep_group",
        "tuanzhang.recommending.drop_group", "bases.booking.book", "bases.booking.cancel", "bases.booking.open_room",
        "bases.booking.close_room",
    },
    "a table that changes nothing before it is applied, and is gone after a day": {
        "merchants.importing.applying.keep_upload", "merchants.importing.applying.remove_upload",
        "merchants.importing.applying.forget_uploads",
    },
    "views of lists and their columns are their member's own": {
        "haowu.tenants.saved_views.keep_view", "haowu.tenants.saved_views.rename_view",
        "haowu.tenants.saved_views.remove_view", "haowu.tenants.saved_views.choose_columns",
    },
    "clicks are rows of their own, of strangers; keys of their day are made and thrown away by the clock": {
        "streamers.clicks.storing.store", "streamers.clicks.visitors.visitor_key",
        "streamers.clicks.visitors.forget_old",
    },
    "who looked at personal data stands in a log of its own": {
        "haowu.tenants.personal.reveal", "haowu.tenants.personal.reveal_many",
    },
    "what a member has read, and wants to hear of, is his own": {
        "haowu.approvals.notices.change", "haowu.approvals.notices.mark_read", "haowu.approvals.notices.mail_new",
    },
    "a second step is recorded where it is tested (tests/test_second_step.py)": {
        "haowu.tenants.second_step.begin", "haowu.tenants.second_step.enrol", "haowu.tenants.second_step.renew_codes",
        "haowu.tenants.second_step.reset",
    },
    "the trail itself": {"haowu.approvals.chain.link_rows"},
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_an_act_writes_what_was_done_to_what(table: Callable[[Kept], Iterator[Line]], tmp_path):
    for names, kind, words, act in table(Kept(folder=tmp_path)):
        last = Trail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        act()
        written = Trail.objects.filter(pk__gt=last)
        acts = set(written.filter(subject_kind=kind).values_list("act", flat=True))
        assert acts == set(words.split()), (names, [str(row) for row in written])


def test_each_act_that_writes_stands_in_a_table():
    lines = "".join(path.read_text() for path in Path(recorded_acts.__path__[0]).glob("*.py"))
    named = set(re.findall(r"(?:merchants|tuanzhang|bases|commissions|haowu)(?:\.[a-z_]+){2,3}(?=[ \"])", lines))
    exempt = set().union(*OWN_BOOKS.values())
    found = set(acts_that_write())
    assert sorted(found - named - exempt) == []
    assert sorted(exempt - found) == []
    assert sorted(exempt & named) == []


def acts_that_write() -> Iterator[str]:
    """Public functions of the acts' modules that write, by themselves or through others of their module."""
    for room in ROOMS:
        for path in sorted((ROOT / room).glob("*.py")):
            if path.stem not in DOORS:
                module = f"{room.replace('/', '.')}.{path.stem}"
                yield from (f"{module}.{name}" for name in _writing(ast.parse(path.read_text())))


def _writing(tree: ast.Module) -> Iterator[str]:
    parts = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef)}

    def writes(name: str, seen: set[str]) -> bool:
        if name in seen:
            return False
        seen.add(name)
        nodes = list(ast.walk(parts[name]))
        called = [node.func for node in nodes if isinstance(node, ast.Call)]
        methods = {each.attr for each in called if isinstance(each, ast.Attribute)}
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        if methods & WRITING_METHODS or names & WRITING_FUNCTIONS:
            return True
        return any(writes(each, seen) for each in names & parts.keys())

    for name, part in parts.items():
        if isinstance(part, ast.FunctionDef) and not name.startswith("_") and writes(name, set()):
            yield name
