"""What the fuzzer has to know of this API beyond its description. Loaded by schemathesis, in a process of its own."""

import json
import os
import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

DAYS = st.dates(date(1971, 1, 1), date(2198, 12, 31))
OFFSETS = st.sampled_from(["Z", "z", "+00:00", "+08:00", "-11:30"])

# The years that the patterns of the description speak of; a pattern alone would throw most of the random dates away.
schemathesis.openapi.format("date", DAYS.map(date.isoformat))
schemathesis.openapi.format(
    "date-time",
    st.builds(
        lambda day, seconds, offset: f"{day.isoformat()}T{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}{offset}",
        DAYS,
        st.integers(0, 86_399),
        OFFSETS,
    ),
)

PLACES: dict[str, list[Any]] = json.loads(Path(os.environ["FUZZ_PLACES"]).read_text())
"""``{parameter or field: values that the market knows}``: random ones name nothing, and would never get far."""

CHANCE = random.Random(os.environ["FUZZ_SEED"])
"""Of its own: Hypothesis sets the common one back for every request."""


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    """Half of the good requests speak of things that are there."""
    if not _is_good(case) or CHANCE.random() < 0.5:
        return
    for name in case.path_parameters or {}:
        if name in PLACES:
            case.path_parameters[name] = CHANCE.choice(PLACES[name])
    case.body = _known(case.body)


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: CHANCE.choice(PLACES[name]) if name in PLACES and isinstance(each, str) else _known(each)
            for name, each in value.items()
        }
    return [_known(each) for each in value] if isinstance(value, list) else value


def _is_good(case) -> bool:
    return case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE


@schemathesis.check
def what_the_description_allows_has_the_right_shape(ctx, response, case) -> None:
    """A request made to the description may be refused by the business, and never for its shape."""
    if response.status_code != 422 or not _is_good(case):
        return
    said = response.json()
    errors = [error for error in said.get("errors", ()) if not _is_passed_over(error)]
    assert said["code"] != "IDEMPOTENCY_KEY_INVALID" and not errors, response.text


def _is_passed_over(error: dict[str, str]) -> bool:
    """What one shape of OpenAPI 3.0 cannot say."""
    if error.get("parameter") == "cursor":
        return True  # text to the description; only cursors that we handed out are any
    # A request to lower rates names them, one to cancel does not.
    return error.get("pointer") in {"#/commission_bps", "#/service_fee_bps"} and error["code"] == "required"
