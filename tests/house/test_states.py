"""Only ``haowu.ground.states`` assigns ``status``: whatever moves a row makes one of the moves that its model lists."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from haowu.ground.states import HasStates

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("haowu", "merchants", "streamers", "tuanzhang", "bases", "commissions")
STATES = ROOT / "haowu" / "ground" / "states.py"


def assignments(source: str) -> Iterator[int]:
    """The lines that assign an attribute ``status``, or set it by ``setattr`` or an UPDATE of a queryset."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr == "status" and isinstance(node.ctx, ast.Store):
            yield node.lineno
        if isinstance(node, ast.Call) and _sets_status(node):
            yield node.lineno


def _sets_status(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr in {"update", "aupdate"}:
        return any(keyword.arg == "status" for keyword in call.keywords)
    names = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    return isinstance(call.func, ast.Name) and call.func.id == "setattr" and "status" in names


def test_every_way_to_assign_a_status_is_seen():
    ways = [
        'row.status = "paid"',
        'row.status, row.at = "paid", now',
        'setattr(row, "status", "paid")',
        'rows.update(status="paid")',
    ]
    assert [list(assignments(way)) for way in ways] == [[1]] * 4
    assert list(assignments('status = row.status\nrows.filter(status="paid").update(at=now)')) == []


def test_nobody_assigns_a_status_but_the_table_of_moves():
    modules = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]
    found = {
        str(path.relative_to(ROOT)): lines
        for path in modules
        if path != STATES and (lines := list(assignments(path.read_text())))
    }
    assert len(modules) > 300
    assert found == {}


def test_every_move_goes_from_and_to_a_state_of_its_model():
    moving = [model for model in apps.get_models() if issubclass(model, HasStates)]
    assert len(moving) > 15
    for model in moving:
        states = set(model.Status.values)
        for name, (origins, target) in model.MOVES.items():
            assert {*origins, target} <= states, (model, name)
