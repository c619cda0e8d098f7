"""Foreign keys point down the floors, as imports do (``lint-imports`` in ``make check``)."""

import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


def floors() -> dict[str, int]:
    """``{module: floor}`` from the import contract, the ground being 0."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {name: floor for floor, layer in enumerate(reversed(layers)) for name in layer.split(" | ")}


def test_foreign_keys_only_point_down():
    floor = floors()
    climbing = []
    for model in apps.get_models(include_auto_created=True):
        here = floor.get(model._meta.app_config.name)
        for field in model._meta.get_fields():
            if here is None or not field.concrete or not field.related_model:
                continue
            target = field.related_model._meta
            there = floor.get(target.app_config.name)
            sideways = there == here and target.app_config is not model._meta.app_config
            if there is not None and (there > here or sideways):
                climbing.append(f"{model._meta.label}.{field.name} -> {target.label}")
    assert climbing == []


def test_every_app_of_ours_has_a_floor():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    with_models = {model._meta.app_config.name for model in apps.get_models()}
    assert {name for name in with_models if name.split(".")[0] in packages} - floors().keys() == set()
