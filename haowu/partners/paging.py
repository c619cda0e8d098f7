"""Lists page by key, never by offset (``haowu.ground.paging``)."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from haowu.ground.paging import CursorInvalid, page_after
from haowu.web.problems import QueryInvalid

PAGE_SIZE = 50
MAX_PAGE_SIZE = 100


class KeysetPagination(BasePagination):
    """Pages in the view's ``ordering``: fields that end with a unique one.

    ``cursor`` is signed, for this address only. ``next`` is an absolute URL, null on the last page.
    """

    parameters = ("cursor", "page_size")

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: APIView) -> list[Any]:
        cursor, size = request.query_params.get("cursor", ""), _page_size(request)
        try:
            page = page_after(queryset, view.ordering, cursor, size, of=request.path)
        except CursorInvalid:
            raise QueryInvalid.of("cursor", _("不是此列表的游标。请从第一页重新开始。")) from None
        here = request.build_absolute_uri()
        self.next = page.next_cursor and replace_query_param(here, "cursor", page.next_cursor)
        return page.rows

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


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE_SIZE):
        raise QueryInvalid.of("page_size", _("须为 1 到 {n} 之间的整数。").format(n=MAX_PAGE_SIZE))
    return int(text)
