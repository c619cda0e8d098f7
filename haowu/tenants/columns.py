"""How a row's fields read in the admin: money with ¥, rates in percent, moments of Shanghai, statuses with a colour,
JSON as a table. Lists and pages name fields as ever; ``shown`` puts the column in their place.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from haowu.ground import days
from haowu.ground.money import percent, yuan
from haowu.tenants import fact_words

NOTHING = "–"
UNITS = {"（分）": "", "（万分之一）": "", "，分）": "）", " (fen)": "", " (bps)": "", " (1/10,000)": "", ", fen)": ")"}
"""What a field's name says of its unit, which its column shows instead; and what is left in its place."""


def yuan_column(name: str, label: Any) -> Any:
    """A column that shows the fen in ``name`` as yuan."""
    return _column(name, label, lambda row: money(getattr(row, name)), f"{name}_in_yuan")


def percent_column(name: str, label: Any) -> Any:
    """A column that shows the basis points in ``name`` as percent."""
    return _column(name, label, lambda row: rate(getattr(row, name)), f"{name}_in_percent")


class FieldLabel:
    """The name of a field without its unit, in the reader's language when it is shown."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def __str__(self) -> str:
        text = str(self.field.verbose_name)
        for unit, rest in UNITS.items():
            if text.endswith(unit):
                return text.removesuffix(unit) + rest
        return text


def money(fen: int | None) -> str:
    if fen is None:
        return NOTHING
    return f"{'-' if fen < 0 else ''}¥{yuan(abs(fen))}"


def rate(bps: int | None) -> str:
    return NOTHING if bps is None else percent(bps)


def moment(at: datetime | None) -> str:
    return at.astimezone(days.SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else NOTHING


def badge(code: str, label: object, model: str = "") -> SafeString:
    """A status as a word and a mark: what its colour says, the mark says too."""
    tone = fact_words.tone(code, model)
    return format_html('<span class="bdg {}">{}{}</span>', tone, fact_words.MARKS[tone], label)


def facts_table(facts: Any, model: type[models.Model] | None = None) -> str:
    """JSON values as a table of names and values, those inside of others as tables of their own."""
    if isinstance(facts, Mapping):
        rows = [(fact_words.label(str(name), model), _fact(str(name), value, model)) for name, value in facts.items()]
        body = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', rows)
        return format_html('<table class="facts">{}</table>', body) if rows else NOTHING
    if isinstance(facts, list) and facts and all(isinstance(each, Mapping) for each in facts):
        return _rows_table(facts, model)
    return _fact("", facts, model)


def plain_table(heads: Iterable[Any], rows: Iterable[Iterable[Any]]) -> str:
    head = format_html_join("", '<th scope="col">{}</th>', ((each,) for each in heads))
    cells = [format_html_join("", "<td>{}</td>", ((each,) for each in row)) for row in rows]
    body = format_html_join("", "<tr>{}</tr>", ((each,) for each in cells))
    return format_html('<table class="facts"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, body)


def compared(before: Mapping[str, Any], after: Mapping[str, Any], model: type[models.Model] | None = None) -> str:
    """What changed, a row for each fact: its name, what it was, what it became."""
    names = list({**before, **after})
    if not names:
        return NOTHING
    rows = [
        (fact_words.label(name, model), *(_fact(name, side.get(name), model) for side in (before, after)))
        for name in names
    ]
    body = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows)
    head = format_html("<tr><td></td><th scope=col>{}</th><th scope=col>{}</th></tr>", _("之前"), _("之后"))
    return format_html('<table class="facts"><thead>{}</thead><tbody>{}</tbody></table>', head, body)


def shown(model: type[models.Model], names: Iterable[Any], labels: Mapping[str, Any] | None = None) -> list[Any]:
    """``names`` of fields with their columns in their place; what is a column already, or no field, stays."""
    return [_shown(model, name, (labels or {}).get(name)) if isinstance(name, str) else name for name in names]


def _rows_table(rows: list[Mapping[str, Any]], model: type[models.Model] | None) -> str:
    """Several of one kind: a row for each, a column for each fact that any of them has."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    heads = [fact_words.label(name, model) for name in names]
    return plain_table(heads, [[_fact(name, row.get(name), model) for name in names] for row in rows])


def _fact(name: str, value: Any, model: type[models.Model] | None) -> str:
    if isinstance(value, Mapping) or (isinstance(value, list) and value and isinstance(value[0], Mapping)):
        return facts_table(value, model)
    if isinstance(value, list):
        return "、".join(_fact(name, each, model) for each in value) or NOTHING
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int) and name.endswith("_fen"):
        return money(value)
    if isinstance(value, int) and name.endswith("bps"):
        return rate(value)
    if isinstance(value, str) and name.endswith("_at"):
        return _moment_of(value)
    return str(fact_words.choice(name, value, model))


def _moment_of(text: str) -> str:
    try:
        return moment(days.moment(text))
    except ValueError:
        return text


@cache
def _shown(model: type[models.Model], name: str, label: Any = None) -> Any:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    show = _showing(field, model)
    if show is None and label is None:
        return name
    label = label or FieldLabel(field)
    return _column(name, label, show or (lambda row: _plain(row, field)), name)


def _showing(field: Any, model: type[models.Model]) -> Callable[[Any], Any] | None:
    """How the values of ``field`` read; None where Django's own way is the right one."""
    name = field.name
    if name.endswith("_fen"):
        return lambda row: money(getattr(row, name))
    if name.endswith("bps"):
        return lambda row: rate(getattr(row, name))
    if name == "status" and field.choices:
        return lambda row: badge(row.status, row.get_status_display(), model._meta.label_lower)
    if isinstance(field, models.DateTimeField):
        return lambda row: moment(getattr(row, name))
    if isinstance(field, models.DateField):
        return lambda row: str(getattr(row, name) or NOTHING)
    if isinstance(field, models.JSONField):
        return lambda row: facts_table(getattr(row, name), fact_words.model_of(row) or model)
    if isinstance(field, ArrayField):
        return lambda row: "、".join(map(str, getattr(row, name) or [])) or NOTHING
    return None


def _plain(row: Any, field: Any) -> Any:
    value = getattr(row, field.name)
    if field.choices:
        value = getattr(row, f"get_{field.name}_display")()
    return NOTHING if value is None or value == "" else value


def _column(name: str, label: Any, show: Callable[[Any], Any], called: str) -> Any:
    @admin.display(description=label, ordering=name)
    def column(row: Any) -> Any:
        return show(row)

    column.__name__ = called
    return column
