"""What a picker offers while somebody types: rows found by name, code or pinyin, as options of a list.

The page works without it: the field behind a picker is a text field of codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.views.generic import TemplateView

from haowu.ground import inputs, pinyin
from haowu.ground.fields import SEARCH_LENGTH
from haowu.tenants.access import TenantRequiredMixin

SHOWN = 8
MAX_CODES = 200


@dataclass(frozen=True)
class Option:
    """``row`` is drawn as a face or as a picture; ``figures`` are pairs of a name and what stands under it."""

    row: Any
    code: str
    name: str
    note: str = ""
    figures: Sequence[tuple[Any, str]] = ()


class PickerView(TenantRequiredMixin, TemplateView):
    """``?q=`` finds up to eight rows whose words all match; ``?codes=`` (by commas) shows these again.

    ``queryset()`` is what the tenant may see; ``names`` and ``code`` are its columns; ``looks`` is "face" or "good".
    """

    template_name = "parts/picker_options.html"
    names: ClassVar[tuple[str, ...]] = ("name",)
    code: ClassVar[str] = "code"
    looks: ClassVar[str] = "face"

    def queryset(self) -> QuerySet:
        raise NotImplementedError

    def offer(self, rows: Sequence[Any]) -> list[Option]:
        raise NotImplementedError

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = self.queryset()
        if codes := self.request.GET.get("codes"):
            found = list(rows.filter(**{f"{self.code}__in": _codes(codes)}))
        else:
            found = list(_matching(rows, self.request.GET.get("q", ""), self.names, self.code)[:SHOWN])
        return super().get_context_data(options=self.offer(found), looks=self.looks, **context)


def _codes(text: str) -> list[str]:
    return [code for code in text.split(",")[:MAX_CODES] if inputs.is_storable(code)]


def _matching(rows: QuerySet, typed: str, names: Sequence[str], code: str) -> QuerySet:
    """Those in which every word of ``typed`` stands, in any order: in a name, as it sounds, or in the code."""
    if len(typed) > SEARCH_LENGTH or not inputs.is_storable(typed):
        return rows.none()
    for word in typed.split():
        either = Q(**{f"{code}__istartswith": word})
        sounds = pinyin.pattern(word)
        for name in names:
            either |= Q(**{f"{name}__icontains": word})
            if sounds:
                either |= Q(**{f"{name}__regex": sounds})
        rows = rows.filter(either)
    return rows
