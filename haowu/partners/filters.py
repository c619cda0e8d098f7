"""Query parameters, read strictly: one that cannot be used is refused with its name, never ignored."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request
from rest_framework.views import APIView

from haowu.ground import days
from haowu.web.problems import QueryInvalid


class MomentField(forms.CharField):
    def to_python(self, value: Any) -> datetime | None:
        text = super().to_python(value)
        try:
            return days.moment(text) if text else None
        except (ValueError, OverflowError):
            why = _("须为带时区的时间，例如 2024-06-01T08:30:00+08:00（地址里 + 写作 %2B）。")
            raise ValidationError(why, code="invalid") from None


class MomentFilter(django_filters.IsoDateTimeFilter):
    """RFC 3339 with an offset."""

    field_class = MomentField


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 64})
class NumberFilter(django_filters.CharFilter):
    """The number of another system: text of up to 64 characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=64, **options)


class StrictFilterBackend(DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet, view: APIView) -> QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        errors = [
            {"parameter": name, "code": reason["code"], "detail": reason["message"]}
            for name, reasons in filterset.errors.get_json_data().items()
            for reason in reasons
        ]
        if errors:
            raise QueryInvalid(extensions={"errors": errors})
        return filterset.qs


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """A misspelt or empty filter must not show everything."""
    errors = [
        {"parameter": name, "code": "unknown", "detail": str(_("没有这个查询参数。"))}
        for name in sorted(request.query_params.keys() - set(known))
    ]
    errors += [
        {"parameter": name, "code": "blank", "detail": str(_("没有值。请填写，或去掉这个参数。"))}
        for name in sorted(request.query_params.keys() & set(known))
        if not request.query_params[name].strip()
    ]
    if errors:
        raise QueryInvalid(extensions={"errors": errors})
