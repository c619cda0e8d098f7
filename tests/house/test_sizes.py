"""Files and functions stay short enough to be read at one go."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = ("haowu", "merchants", "streamers", "tuanzhang", "bases", "commissions", "tests")
FILE_LINES = 300
FUNCTION_LINES, TEST_FUNCTION_LINES = 40, 60
LONG_FILES = {
    "tests/api/test_access.py": "one table of expected answers, with a row for every route",
    "commissions/models/order.py": "the widest row of the house: its columns and constraints are read together",
    "tests/test_operating.py": "one night under an operator's hands, in sentences of one fixture",
    "tests/test_trail_of_acts.py": "one subject: each kind of act with the row that it leaves",
}
LONG_FUNCTIONS = {
    "haowu/bench/goods.py _write_goods": "one set-based statement after another, measured as a whole",
}


def test_no_file_is_longer_than_300_lines_but_those_named():
    long = {name for name, text in _modules() if len(text.splitlines()) > FILE_LINES}
    assert sorted(long - LONG_FILES.keys()) == []
    assert sorted(LONG_FILES.keys() - long) == [], "no longer long: take it off the list"


def test_no_function_is_longer_than_40_lines_or_60_in_tests():
    long = {f"{name} {node.name}" for name, text in _modules() for node in _long_functions(name, text)}
    assert sorted(long - LONG_FUNCTIONS.keys()) == []
    assert sorted(LONG_FUNCTIONS.keys() - long) == [], "no longer long: take it off the list"


def _modules() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def _long_functions(name: str, text: str) -> Iterator[ast.FunctionDef]:
    limit = TEST_FUNCTION_LINES if name.startswith("tests/") else FUNCTION_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= limit:
            yield node
