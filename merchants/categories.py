"""Categories by their path of names: found, or made where they are new."""

from collections.abc import Iterable

from haowu.approvals.trail import Entry, record_many
from haowu.approvals.words import Act, Subject
from haowu.ground import days, inputs
from haowu.ground.bulk import insert_rows
from haowu.tenants.models import public_id
from merchants.models import Category

Path = tuple[str, ...]
"""The names from the first level to the leaf; empty: goods that have no category yet."""
NAME_LENGTH = 64
UNCATEGORISED = "uncategorised"


def path_of(written: str) -> Path:
    """``服饰/女装/连衣裙`` → its three names. A shorter path repeats its first name above it; what a longer one has
    besides belongs to the leaf's name. Raises InputInvalid for a name that is too long."""
    names = [name.strip() for name in written.split("/") if name.strip()]
    if not names:
        return ()
    names = [names[0]] * (Category.LEAF_LEVEL - len(names)) + names
    last = Category.LEAF_LEVEL - 1
    names = [*names[:last], "/".join(names[last:])]
    return tuple(inputs.text(name, max_length=NAME_LENGTH) for name in names)


def leaves_of(paths: Iterable[Path]) -> dict[Path, Category]:
    """The leaf of each of ``paths``: a few queries a level, however many there are."""
    paths = set(paths)
    found: dict[Path, Category] = {}
    for level in range(1, Category.LEAF_LEVEL + 1):
        wanted = {path[:level] for path in paths if path}
        found |= _known(wanted, found)
        _make(sorted(wanted - found.keys()), found)
        found |= _known(wanted - found.keys(), found)
    leaves = {path: found[path] for path in paths if path}
    if () in paths:
        leaves[()] = Category.objects.get(code=UNCATEGORISED)
    return leaves


def _known(wanted: set[Path], above: dict[Path, Category]) -> dict[Path, Category]:
    """Those of ``wanted``, all of one level, that there are. Of two with one name, the one whose code it is."""
    if not wanted:
        return {}
    level = len(next(iter(wanted)))
    places = {(above[path[:-1]].pk if level > 1 else None, path[-1]): path for path in wanted}
    known: dict[Path, Category] = {}
    for category in Category.objects.filter(level=level, name__in={path[-1] for path in wanted}).order_by("-pk"):
        path = places.get((category.parent_id, category.name))
        if path and (path not in known or known[path].code != code_of(path)):
            known[path] = category
    return known


def _make(new: list[Path], above: dict[Path, Category]) -> None:
    """Store categories for ``new`` paths; one that another loader made meanwhile is found afterwards."""
    codes = {code_of(path) for path in new}
    used = set(Category.objects.filter(code__in=codes).values_list("code", flat=True))
    rows = []
    for path in new:
        code, parent = code_of(path), above.get(path[:-1])
        free = code if code not in used else f"{code}~{public_id()}"
        rows.append({"code": free, "name": path[-1], "level": len(path), "parent_id": parent.pk if parent else None})
    made = insert_rows(Category, rows, conflict=["code"], returning="code, name")
    entries = [Entry(Subject.CATEGORY, code, after={"name": name}) for code, name in made]
    record_many(Act.CREATED, entries, at=days.now())


def code_of(path: Path) -> str:
    return "/".join(path)
