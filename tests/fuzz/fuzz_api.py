"""Random requests to every operation, good and bad ones, from a caller of each kind, against the server we ship.

``make fuzz`` runs it: all checks of schemathesis, and at least CASES requests. FUZZ_EXAMPLES asks for more or fewer of
each operation, FUZZ_SEED for the same again.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bases.models import Consent
from commissions.models import OrderEvent, OrderLine
from haowu.audit.invariants import run_audit
from tests.api import market
from tests.api.servers import gunicorn
from tuanzhang.models import ChangeRequest, Enrolment, SecondLevel

pytestmark = pytest.mark.django_db(transaction=True)
CASES = 10_000
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
SEED = int(os.environ.get("FUZZ_SEED", str(random.randrange(10**6))))
HERE = Path(__file__).parent

ASKED = {
    "partner": ["order-events", "orders", "statements"],
    "merchant": ["activities", "enrolments", "consents", "orders", "statements"],
    "streamer": ["orders", "money", "statements"],
    "tuanzhang": ["activities", "enrolments", "second-level", "levels", "orders", "money"],
    "provider": ["orders", "money", "statements"],
    "base": ["stock", "brands", "consents", "money"],
}
"""``{kind of caller: tags of operations}``. What a kind may not call at all is test_access's to say."""

PASSED_OVER = """
[checks]
# The business refuses well-formed requests with 422 and a code of its own: an activity that ends before it begins. That
# no such request is refused for its shape is the check of our own in hooks.py.
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422"]
# A key that is none is 422, an address that names nothing 404, and what is no JSON 400: all are rejections.
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "415", "422"]
"""


def test_no_request_breaks_what_the_description_says(process_environment, tmp_path):
    built = market.build()
    (tmp_path / "places.json").write_text(json.dumps(places()))
    environment = process_environment | {"API_REQUESTS_PER_MINUTE": "100000000", "LOG_LEVEL": "ERROR"}
    total, failed = 0, []
    with gunicorn(environment, threads=8, output=tmp_path / "server.log") as port:
        for tenant in built.callers:
            count, is_clean, output = fuzz(tenant.kind, market.token(tenant), port, tmp_path / tenant.code)
            total += count
            print(f"{tenant.kind} {tenant.code}: {count} requests, seed {SEED}, {'clean' if is_clean else 'FAILED'}")
            if not is_clean:
                failed.append(output)
    print(f"{total} requests in all")
    assert not failed, "\n".join(failed) + errors_of((tmp_path / "server.log").read_text())
    assert [finding.code for finding in run_audit() if not finding.holds] == []
    assert total >= CASES or "FUZZ_EXAMPLES" in os.environ


def places() -> dict[str, list]:
    """What requests may name, by the name of the parameter or field."""
    named = OrderLine.objects.values_list("order_no", flat=True)
    return {
        "order_no": list(named),
        "line_no": [1, 2],
        "event_id": list(OrderEvent.objects.values_list("event_id", flat=True)),
        "case_no": ["c1"],
        "refund_no": ["r0", "r1"],
        "account_kind": ["available", "funding", "frozen"],
        "day": ["2024-06-10", "2024-06-12", "2024-06-13", "2024-06-30", "2024-07-20"],
        "month": ["2024-06", "2024-07"],
        "entry_kind": ["commission", "cost", "tech_fee", "service_fee", "rebate", "correction", "top_up"],
        "number": ["w1", "w2"],
        "sequence": [1, 2, 3],
        "base": ["b1"],
        "public_id": list(Consent.objects.values_list("public_id", flat=True)),
        "activity": ["a1", "a2"],
        "merchant": ["m1"],
        "product": ["p1", "p2"],
        "sku": ["k0", "k1"],
        "pid": ["x1", "x2"],
        "enrolment": list(Enrolment.objects.values_list("public_id", flat=True)),
        "request": list(ChangeRequest.objects.values_list("public_id", flat=True)),
        "second_level": list(SecondLevel.objects.values_list("public_id", flat=True)),
    }


def errors_of(log: str) -> str:
    """The end of what the server said of its failures."""
    return "\n".join(line for line in log.splitlines() if " WARNING django.request" not in line)[-20_000:]


def fuzz(kind: str, token: str, port: int, folder: Path) -> tuple[int, bool, str]:
    """``(requests, whether all of them passed, what was said)``."""
    folder.mkdir()
    (folder / "config.toml").write_text(PASSED_OVER)
    command = [str(Path(sys.executable).with_name("st")), "--config-file", str(folder / "config.toml"), "run",
               f"http://127.0.0.1:{port}/api/schema/", "--header", f"Authorization: Bearer {token}",
               "--checks", "all", "--max-examples", str(EXAMPLES), "--seed", str(SEED), "--generation-database", "none",
               "--suppress-health-check", "all", "--continue-on-failure", "--request-timeout", "60", "--no-color",
               "--warnings", "off", "--report", "json", "--report-json-path", str(folder / "report.json")]  # fmt: skip
    for tag in ASKED[kind]:
        command += ["--include-tag", tag]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "PYTHONPATH": str(HERE.parents[1]),
        "FUZZ_SEED": str(SEED),
        "FUZZ_PLACES": str(folder.parent / "places.json"),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=folder, check=False)
    assert (folder / "report.json").exists(), done.stdout + done.stderr
    report = json.loads((folder / "report.json").read_text())
    return report["test_cases"]["generated"], done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
