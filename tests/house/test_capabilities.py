"""``docs/capabilities.md``: every line leads to a page, a resource and a test that are there."""

import re
from pathlib import Path

import pytest
import yaml
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "capabilities.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| 能做什么")
]
RESOURCES = yaml.safe_load((ROOT / "tests" / "api" / "openapi.yaml").read_text())["paths"]


def routes() -> set[str]:
    """The names of all pages, the admin's with ``admin:``."""
    resolver = get_resolver()
    _prefix, admin = resolver.namespace_dict["admin"]
    names = {key for key in resolver.reverse_dict if isinstance(key, str)}
    return names | {f"admin:{key}" for key in admin.reverse_dict if isinstance(key, str)}


def test_the_list_is_long_enough_to_be_a_list():
    assert len(ROWS) >= 45
    assert len({row[0] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_capability_leads_somewhere(row):
    _what, page, resource, test = (cell.strip("`") for cell in row)
    assert page == "–" or page in routes()
    if resource != "–":
        method, path = resource.split()
        assert method.lower() in RESOURCES[f"/api/v1{path}"]
    assert page != "–" or resource != "–"
    assert re.search(r"^\s*(async )?def test_", (ROOT / test).read_text(), re.MULTILINE)
