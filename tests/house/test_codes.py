"""A code of refusal has one meaning in the whole house, and the list of the API names each that it answers with."""

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from haowu.ground.errors import Refused
from haowu.ground.states import MoveRefused
from haowu.urls import v1

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("haowu", "merchants", "streamers", "tuanzhang", "bases", "commissions")
JUDGED_BEFORE = {"ACTIVITY_TYPE_UNKNOWN", "SECOND_LEVEL_UNKNOWN", "WITHDRAWAL_NUMBER_INVALID"}
"""The API's own fields refuse the same with ``BODY_INVALID``; the acts do for pages and files."""
CAUGHT_INSIDE = {"ALREADY_DISPATCHED", "OUT_OF_BASE_STOCK"}
"""Between orders and stock: the line waits for goods, nobody is answered."""
SHAPE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


def refusals() -> dict[str, list[type[Refused]]]:
    """``{code: the classes that say it is theirs}``, of every module of the house."""
    for room in ROOMS:
        for module in pkgutil.walk_packages([str(ROOT / room)], f"{room}."):
            if "migrations" not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found = defaultdict(list)
    waiting = [Refused]
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if "code" in vars(each) and each.__module__.split(".")[0] in ROOMS:
            found[each.code].append(each)
    return found


def test_a_code_has_one_meaning():
    doubled = {code: [str(each) for each in classes] for code, classes in refusals().items() if len(classes) > 1}
    assert doubled == {}


def test_codes_are_words_in_capitals():
    assert [code for code in refusals() if not SHAPE.fullmatch(code)] == []


def reachable(views: Iterable[type]) -> set[type[Refused]]:
    """The refusals that the code of ``views`` names, or the functions that it calls by name, and theirs."""
    found: set[type[Refused]] = set()
    seen: set[object] = set()
    waiting: list[object] = list(views)
    while waiting:
        each = inspect.unwrap(waiting.pop())
        if each in seen or each.__module__.split(".")[0] not in ROOMS:
            continue
        seen.add(each)
        if isinstance(each, type) and issubclass(each, Refused):
            found.add(each)
            continue
        if isinstance(each, type):
            waiting += [base for base in each.__mro__[1:] if base.__module__.split(".")[0] in ROOMS]
        names = vars(importlib.import_module(each.__module__))
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(each)))):
            named = _named(node, names)
            if inspect.isfunction(named) or isinstance(named, type):
                waiting.append(named)
            if isinstance(node, ast.Attribute) and node.attr == "move":
                found.add(MoveRefused)
    return found


def _named(node: ast.AST, names: dict) -> object:
    """What ``name`` or ``module.name`` means where ``node`` stands."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return getattr(names.get(node.value.id), node.attr, None)
    return None


def test_the_list_of_the_api_names_every_code_that_it_can_answer_with():
    refusals()
    views = [route.callback.cls for route in v1]
    listed = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (ROOT / "docs/api.md").read_text()))
    codes = {each.code for each in reachable(views) - {Refused}} - JUDGED_BEFORE - CAUGHT_INSIDE
    assert codes - listed == set()
    assert len(codes) > 40, "the search finds next to nothing"
