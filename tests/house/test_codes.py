"""A code of refusal has one meaning in the whole house, and the list of the API names each that it can answer with."""

import importlib
import pkgutil
import re
from collections import defaultdict
from pathlib import Path

from haowu.ground.errors import Refused

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("haowu", "merchants", "streamers", "tuanzhang", "bases", "commissions")
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
