"""What rows of the trail are about, as a person would call it. Each app says in ``trail_names.py`` how its nouns are
called: the trail itself keeps codes, which stay when a title changes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from haowu.approvals.models import Trail
from haowu.tenants.models import Tenant


@dataclass(frozen=True)
class Thing:
    """``url`` is its page as the reader may open it, else empty. No name at all is that of the reader's own."""

    name: str
    url: str = ""


Things = Mapping[str, Thing]
Namer = Callable[[list[str], Tenant], Things]

_namers: dict[str, Namer] = {}


def namer(kind: str) -> Callable[[Namer], Namer]:
    """Marks a function that gets subjects of ``kind`` and the reader, and answers with those that the reader sees."""

    def add(function: Namer) -> Namer:
        _namers[str(kind)] = function
        return function

    return add


def things(rows: Iterable[Trail], reader: Tenant) -> dict[tuple[str, str], Thing]:
    """By kind and subject. A few queries for each kind of thing among ``rows``; what no app names is left out."""
    subjects: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        subjects[row.subject_kind].add(row.subject)
    found = {}
    for kind, names in subjects.items():
        if kind in _namers:
            for subject, thing in _namers[kind](sorted(names), reader).items():
                found[kind, subject] = thing
    return found


def by_code(kinds: Iterable[str], codes: Mapping[str, str], reader: Tenant) -> Things:
    """``codes``: ``{subject: a tenant's code}``. Asks nothing where all are the reader's own."""
    others = {code for code in codes.values() if code != reader.code}
    names = {reader.code: ""}
    if others:
        names |= dict(Tenant.objects.filter(kind__in=kinds, code__in=others).values_list("code", "name"))
    return {subject: Thing(names[code]) for subject, code in codes.items() if code in names}
