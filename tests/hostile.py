"""One table of what no page, file or program should ever be sent, and the walk to every place where a value enters.

Pages are found in the URL resolver, their names in filtersets, forms and the source of the views: a new page is walked
by itself.
"""

import inspect
import re
import sys
import traceback
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django import forms
from django.core import signals
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver

from tests import campaign

VALUES = {
    "nothing": "",
    "NUL": "\0",
    "NUL in a word": "ab\0cd",
    "escape": "\x1b[31m",
    "lines": "one\r\ntwo",
    "a wide space": "\u3000",
    "joined emoji": "👨‍👩‍👧",
    "right to left": "\u202eabc",
    "5,000 digits": "9" * 5_000,
    "below nothing": "-1",
    "2**31": str(2**31),
    "2**63": str(2**63),
    "1e400": "1e400",
    "1e999999": "1e999999",
    "no number": "NaN",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "the last minute": "9999-12-31T23:59",
    "the first minute": "0001-01-01T00:00",
    "no such day": "2024-02-31",
    "no offset": "2024-06-01T10:00:00",
    "other folders": "../../etc/passwd",
    "10,000 characters": "长" * 10_000,
    "a script": "'\"><script>alert(1)</script>",
    "an escaped NUL": "%00",
    "the admin's escaped NUL": "_00",
    "another site": "//elsewhere.example/",
    "no address": "statements",
}
ALWAYS = ("NUL", "2**63", "1e999999", "year 1", "year 9999")
"""Those that break most. They go to every place; of the others ``make test`` sends each place a share, always the same,
and ``make faults`` all."""
CUT = ("%ED%A0%BD", "%FF", "%C0%80", "%00")
"""Escapes of an address that are no UTF-8, as a program would send them: half an emoji, one byte, a long NUL."""

ROOMS = ("haowu.", "bases.", "merchants.", "tuanzhang.", "streamers.", "commissions.")
_IN_QUERY = re.compile(r'(?:\bGET|\bquery|\basked)\.(?:get|getlist)\("(\w+)"')
_IN_BODY = re.compile(r'(?:\bPOST|\bposted)\.(?:get|getlist)\("(\w+)"')
_FORM_OF_QUERY = re.compile(r"\b(\w+Form)\((?:self\.)?request\.GET")
_PART = re.compile(r"<(?:\w+:)?(\w+)>")


def at_once(place: str) -> list[str]:
    """For all fields of a page at once, each of which is read by itself."""
    return [VALUES[name] for name in ALWAYS] + share(place, [VALUES[name] for name in VALUES if name not in ALWAYS], 1)


def one_by_one(place: str, most: int = 1) -> list[str]:
    """For one field, all others being filled as they should be."""
    return share(place, list(VALUES.values()), most)


def share(place: str, values: Sequence[Any], most: int) -> list[Any]:
    """``most`` of ``values``, spread by the name of the ``place``; all of them in the whole campaign."""
    if campaign.SCALE:
        return list(values)
    first = zlib.crc32(place.encode()) + campaign.SEED
    return [values[(first + step) % len(values)] for step in range(min(most, len(values)))]


@dataclass
class Page:
    """``route`` as the resolver spells it; ``parts`` are the names in it; ``view`` is a class, or None."""

    name: str
    route: str
    view: Any
    parts: list[str] = field(default_factory=list)

    def address(self, values: dict[str, str]) -> str:
        return "/" + _PART.sub(lambda part: values.get(part[1], "1"), self.route)

    @property
    def kind(self) -> str | None:
        return getattr(self.view, "kind", None)

    @property
    def query(self) -> list[str]:
        """The names its query is read by: a list's filters, a form of the query, and what is read by hand."""
        sources = _module_sources(self.view)
        names = {name for source in sources for name in _IN_QUERY.findall(source)}
        if filterset := getattr(self.view, "filterset_class", None):
            names |= {*filterset.base_filters, "sort", "after"}
        bound = {name for source in sources for name in _FORM_OF_QUERY.findall(source)}
        names |= {name for form in _forms_of(self.view) if form.__name__ in bound for name in form.base_fields}
        return sorted(names | ({"next"} if self.name in ("sign-in", "home", "choose-tenant") else set()))

    @property
    def is_form(self) -> bool:
        return hasattr(self.view, "post")


def pages(patterns: Any = None, before: str = "") -> Iterator[Page]:
    """Every address of the console: neither the admin nor what programs call, which are walked by their own tests."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            if not route.startswith(("admin/", "api/")):
                yield from pages(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            yield Page(each.name or route, route, getattr(each.callback, "view_class", None), _PART.findall(route))


def blank_forms(page: Page) -> list[Any]:
    """The forms that the page's views name, unbound; what cannot be made without its page is left out."""
    made = []
    for form in _forms_of(page.view):
        try:
            made.append(form(prefix=prefix) if (prefix := _prefix_of(page.view, form)) else form())
        except TypeError:
            continue
    return made


def filled(found: list[Any]) -> dict[str, Any]:
    """What a person would send: every field of ``found`` (forms and formsets) with a value that it accepts."""
    posted: dict[str, Any] = {}
    for each in found:
        if isinstance(each, forms.BaseFormSet):
            rows = [each.empty_form]
            posted |= {f"{each.prefix}-TOTAL_FORMS": "1", f"{each.prefix}-INITIAL_FORMS": "0"}
        else:
            rows = [each]
        for row in rows:
            for name, one in row.fields.items():
                posted[row.add_prefix(name).replace("__prefix__", "0")] = _accepted(one)
    return {name: value for name, value in posted.items() if value is not None}


def posted_by_hand(page: Page) -> set[str]:
    """What its views read from the body without a form."""
    return {name for each in _sources(page.view) for name in _IN_BODY.findall(inspect.getsource(each))}


def _accepted(one: forms.Field) -> Any:
    match one:
        case forms.ModelChoiceField():
            row = one.queryset.first()
            key = getattr(row, one.to_field_name or "pk", None)
            return [key] if isinstance(one, forms.ModelMultipleChoiceField) and key else key
        case forms.ChoiceField():
            keys = [key for key, _label in one.choices if key and not isinstance(key, list)]
            return keys[0] if keys else ""
        case forms.FileField():
            return SimpleUploadedFile("table.csv", b"merchant,product,sku,price_fen,quantity\r\nm1,p1,k1,100,1\r\n")
        case forms.SplitDateTimeField():
            return None
        case forms.DateTimeField():
            return "2024-07-01T10:00"
        case forms.DateField():
            return "2024-07-01"
        case forms.IntegerField() | forms.DecimalField():
            return str(max(10, one.min_value or 0))
        case forms.BooleanField():
            return None
        case forms.CharField():
            return "" if type(one).__name__ == "TenantsField" else "文本"[: one.max_length or 2]
    return ""


def _sources(view: Any) -> list[type]:
    """The view and what it inherits in this house."""
    return [each for each in inspect.getmro(view) if each.__module__.startswith(ROOMS)] if view else []


@cache
def _module_sources(view: Any) -> list[str]:
    return [inspect.getsource(module) for module in {inspect.getmodule(each) for each in _sources(view)}]


@cache
def _forms_of(view: Any) -> list[type]:
    found: dict[str, type] = {}
    for each in _sources(view):
        module = inspect.getmodule(each)
        for name in re.findall(r"\b\w+Form(?:Set)?\b", inspect.getsource(each)):
            form = getattr(module, name, None)
            if inspect.isclass(form) and issubclass(form, (forms.BaseForm, forms.BaseFormSet)):
                found[name] = form
    return list(found.values())


def _prefix_of(view: Any, form: type) -> str:
    for each in _sources(view):
        if said := re.search(rf'\b{form.__name__}\([^)]*prefix="(\w+)"', inspect.getsource(each)):
            return said[1]
    return ""


@contextmanager
def nothing_failing() -> Iterator[None]:
    """Every request inside is answered without an error that nobody had thought of. The errors are named at the end."""
    found: dict[str, str] = {}

    def note(sender: Any, request: Any = None, **_: Any) -> None:
        error = sys.exc_info()[1]
        place = traceback.extract_tb(error.__traceback__)[-1]
        asked = f"{request.method} {request.path}"[:100]
        at = f"{type(error).__name__} in {place.filename}:{place.lineno}"
        found.setdefault(f"{asked}: {at}", f"{request.META['QUERY_STRING'][:60]} {str(error)[:200]!r}")

    signals.got_request_exception.connect(note)
    try:
        yield
    finally:
        signals.got_request_exception.disconnect(note)
    assert not found, "\n".join(f"{place} {said}" for place, said in found.items())


def unlimited(settings: Any) -> None:
    """A walk asks more often than anybody may; a refusal for that would hide what it looks for."""
    settings.LIMITS = {name: (10**9, *rest) for name, (_most, *rest) in settings.LIMITS.items()}


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def files() -> list[bytes]:
    """Contents that are no table and no picture, or a strange one."""
    head = b"merchant,product,sku,price_fen,quantity\r\n"
    rows = [f"m1,p1,k1,{text},{text}\r\n".encode() for text in VALUES.values()]
    codes = [f'"{text}",p1,"{text}",100,1\r\n'.encode() for text in VALUES.values()]
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0"
    odd = [b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"GIF89a" + b"\xff" * 50, picture]
    return [*odd, *(head + row for row in (*rows, *codes))]
