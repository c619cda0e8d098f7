"""Query parameters, read strictly: one that cannot be used is refused with its name, never ignored."""

from collections.abc import Callable, Iterable
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

from haowu.ground import inputs
from haowu.ground.inputs import InputInvalid
from haowu.partners.fields import CODE_LENGTH, DAY_SCHEMA, MOMENT_SCHEMA, code_schema
from haowu.web.problems import QueryInvalid


class JudgedField(forms.Field):
    """One value of an address, judged by ``read``, a function of ``haowu.ground.inputs``."""

    def __init__(self, *, read: Callable[[str], Any], **options: Any) -> None:
        super().__init__(**options)
        self.read = read

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return self.read(value)
        except InputInvalid as error:
            raise ValidationError(str(error), code="invalid") from None


class _Judged(django_filters.Filter):
    field_class = JudgedField


def _moment(sent: str) -> datetime:
    try:
        return inputs.moment(sent)
    except InputInvalid:
        why = _("须为带时区的时间，例如 2024-06-01T08:30:00+08:00（地址里 + 写作 %2B）。")
        raise InputInvalid(why) from None


@extend_schema_field(MOMENT_SCHEMA)
class MomentFilter(_Judged):
    """RFC 3339 with an offset."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read=_moment, **options)


@extend_schema_field(DAY_SCHEMA)
class DayFilter(_Judged):
    def __init__(self, **options: Any) -> None:
        super().__init__(read=inputs.day, **options)


@extend_schema_field(code_schema())
class CodeFilter(_Judged):
    """A code or number of another system."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read=lambda sent: inputs.text(sent, max_length=CODE_LENGTH), **options)


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


def refuse_unusable(request: Request, known: Iterable[str]) -> None:
    """A misspelt, empty or repeated filter must not show everything, nor something else than was asked for."""
    sent = request.query_params
    errors = [
        {"parameter": inputs.printable(name)[:64], "code": "unknown", "detail": str(_("没有这个查询参数。"))}
        for name in sorted(sent.keys() - set(known))
    ]
    for name in sorted(sent.keys() & set(known)):
        if len(sent.getlist(name)) > 1:
            errors.append({"parameter": name, "code": "repeated", "detail": str(_("只能写一次。"))})
        elif not sent[name].strip():
            blank = {"parameter": name, "code": "blank", "detail": str(_("没有值。请填写，或去掉这个参数。"))}
            errors.append(blank)
    if errors:
        raise QueryInvalid(extensions={"errors": errors})
