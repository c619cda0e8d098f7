"""Lists page by key, never by offset: the cursor holds the last row's place in the order."""

from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from haowu.web.problems import QueryInvalid

PAGE_SIZE = 50
MAX_PAGE_SIZE = 100


class KeysetPagination(BasePagination):
    """Pages in the view's ``ordering``: fields that end with a unique one, all in one direction.

    ``cursor`` is signed, for this address only. ``next`` is an absolute URL, null on the last page.
    """

    parameters = ("cursor", "page_size")

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: APIView) -> list[Any]:
        self.request = request
        fields = [name.removeprefix("-") for name in view.ordering]
        size = _page_size(request)
        if cursor := request.query_params.get("cursor"):
            queryset = queryset.filter(_after(fields, self._read(cursor), view.ordering[0].startswith("-")))
        rows = list(queryset.order_by(*view.ordering)[: size + 1])
        self.next = self._link([getattr(rows[size - 1], name) for name in fields]) if len(rows) > size else None
        return rows[:size]

    def get_paginated_response(self, results: list[Any]) -> Response:
        return Response({"results": results, "next": self.next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {
                    "type": "string",
                    "format": "uri",
                    "nullable": True,
                    "description": str(_("下一页的地址；最后一页为 null。")),
                },
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": str(_("上一页 next 里的游标，原样使用。")),
                "schema": {"type": "string", "minLength": 1},
            },
            {
                "name": "page_size",
                "in": "query",
                "description": str(_("每页条数。")),
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE},
            },
        ]

    @property
    def _signer(self) -> signing.Signer:
        return signing.Signer(salt=f"page of {self.request.path}")

    def _link(self, place: list[Any]) -> str:
        values = [value if isinstance(value, int) else value.isoformat() for value in place]
        return replace_query_param(self.request.build_absolute_uri(), "cursor", self._signer.sign_object(values))

    def _read(self, cursor: str) -> list[Any]:
        try:
            return self._signer.unsign_object(cursor)
        except (signing.BadSignature, ValueError):
            raise QueryInvalid.of("cursor", _("不是此列表的游标。请从第一页重新开始。")) from None


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE_SIZE):
        raise QueryInvalid.of("page_size", _("须为 1 到 {n} 之间的整数。").format(n=MAX_PAGE_SIZE))
    return int(text)


def _after(fields: list[str], place: list[Any], descending: bool) -> Q:
    """Rows after ``place``, spelled so that an index on ``fields`` can begin there: ``a <= x AND (a < x OR b < y)``."""
    beyond, up_to = ("lt", "lte") if descending else ("gt", "gte")
    (field, *fields), (value, *place) = fields, place
    if not fields:
        return Q(**{f"{field}__{beyond}": value})
    return Q(**{f"{field}__{up_to}": value}) & (Q(**{f"{field}__{beyond}": value}) | _after(fields, place, descending))
