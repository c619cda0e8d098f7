"""A client that is generated from our own description reads every answer, and says the same when it writes it again.

A wrong type, a word missing in a list or a field that may be null and does not say so breaks such a client.
"""

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from streamers.centre import lexicon, sync
from tests.api import market
from tests.api.test_schema import SNAPSHOT, operations

pytestmark = pytest.mark.django_db(transaction=True)
PACKAGE = "generated_haowu_client"


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("client")
    (folder / "config.yaml").write_text("post_hooks: []\n")
    command = [str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--meta", "none"]
    command += [
        "--path",
        str(SNAPSHOT),
        "--output-path",
        str(folder / PACKAGE),
        "--config",
        str(folder / "config.yaml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and "WARNING" not in done.stdout, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))


def reading(client: ModuleType) -> dict[str, ModuleType]:
    """``{operation id: its module}`` of all that are GET."""
    found = pkgutil.walk_packages(importlib.import_module(f"{client.__name__}.api").__path__, f"{client.__name__}.api.")
    modules = {each.name.rpartition(".")[2]: each.name for each in found if not each.ispkg}
    described = operations(SNAPSHOT.read_text())
    gets = [operation["operationId"] for _path, method, operation in described if method == "GET"]
    return {operation: importlib.import_module(modules[operation]) for operation in gets}


PLAIN = (
    "read_level",
    "read_balances",
    "list_change_requests",
    "list_enrolments",
    "list_open_activities",
    "list_second_level",
    "list_levels",
    "list_assessments",
    "list_rebates",
    "list_stock",
    "list_brands",
    "list_brand_introductions",
    "list_consents",
    "list_trail",
    "list_categories",
    "list_links",
    "list_plans",
    "list_shelf",
    "list_shelf_groups",
)
NAMED = (
    ("list_order_events", "read_order_event", {"event_id": "event_id"}),
    ("list_order_lines", "read_order_line", {"order_no": "order_no", "line_no": "line_no"}),
    ("list_withdrawals", "read_withdrawal", {"number": "number"}),
    ("list_activities", "read_activity", {"code": "code"}),
    ("list_stock_feeds", "read_stock_feed", {"sequence": "sequence"}),
    ("search_selection", "read_selection", {"public_id": "id"}),
    ("list_selection_modules", "list_selection_module_products", {"code": "code"}),
    ("search_selection", "calculate_selection", {"public_id": "id"}),
    ("list_products", "read_product", {"code": "code"}),
    ("list_live_sessions", "read_live_session", {"public_id": "id"}),
    ("list_live_sessions", "report_live_session", {"public_id": "id"}),
    ("list_months", "read_month", {"account_kind": "account", "month": "month"}),
)
"""``(list, operation of one, {its parameter: the field of a row})``."""


class Reader:
    """Calls operations by their id; ``seen`` counts the things shown by each."""

    def __init__(self, read: dict[str, ModuleType]) -> None:
        self.read = read
        self.seen = dict.fromkeys(read, 0)
        self.causes: set[str] = set()

    def ask(self, operation: str, **place: Any) -> Any:
        """The answer as JSON, once the client has read it; None where this caller may not ask."""
        answer = self.read[operation].sync_detailed(client=self.calling, **_typed(self.read[operation], place))
        if answer.status_code == 403:
            return None
        said = json.loads(answer.content)
        assert answer.status_code == 200, (operation, place, said)
        assert answer.parsed.to_dict() == said, (operation, place)
        self.seen[operation] += len(said.get("results", [said]))
        if operation == "list_statement_postings":
            self.causes |= {row["cause"]["kind"] for row in said["results"]}
        return said

    def rows(self, operation: str, **place: Any) -> list[dict[str, Any]]:
        return (self.ask(operation, **place) or {}).get("results", [])

    def ask_everything(self, calling: Any) -> None:
        """Every operation: of one thing, about each thing that the lists show."""
        self.calling = calling
        for operation in PLAIN:
            self.ask(operation)
        for listing, one, names in NAMED:
            for row in self.rows(listing):
                self.ask(one, **{argument: row[name] for argument, name in names.items()})
        self.ask("suggest", q="未分")
        if found := [row["id"] for row in self.rows("search_selection")]:
            self.ask("compare_selection", products=",".join(found[:4]))
        for row in self.rows("list_statements"):
            day = {"account_kind": row["account"], "day": row["day"]}
            self.rows("list_statement_lines", **day)
            self.rows("list_statement_postings", **day)
            for entry in self.ask("read_statement", **day)["entries"]:
                self.ask("read_statement_entry", **day, entry_kind=entry["kind"])
                self.rows("list_statement_entry_lines", **day, entry_kind=entry["kind"])


def _typed(module: ModuleType, place: dict[str, Any]) -> dict[str, Any]:
    """``place`` as the generated function wants it: days as dates."""
    wants = inspect.signature(module.sync_detailed).parameters
    return {
        name: date.fromisoformat(value) if "date" in str(wants[name].annotation) else value
        for name, value in place.items()
    }


def test_a_generated_client_reads_every_answer_of_a_market(live_server, client, settings):
    settings.LIMITS = settings.LIMITS | {"requests": (100_000, 60)}
    reader = Reader(reading(client))
    callers = market.build().callers
    sync.catch_up()
    lexicon.recount()
    for tenant in callers:
        token = market.token(tenant)
        reader.ask_everything(client.AuthenticatedClient(base_url=live_server.url, token=token, timeout=60))
    assert {operation for operation, number in reader.seen.items() if not number} == set()
    assert reader.causes == {"night", "withdrawal", "dispute", "tenant_hold", "correction", "rebate", "top_up"}
