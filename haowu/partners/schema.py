"""What OpenAPI says of every view: the client-credentials scheme, the common headers, and every problem."""

import re
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from drf_spectacular.contrib.django_oauth_toolkit import DjangoOAuthToolkitScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from haowu.partners.converters import SCHEMAS
from haowu.web import request_ids

_CONVERTED = re.compile(r"<(\w+):(\w+)>")


class ErrorOut(serializers.Serializer):
    pointer = serializers.CharField(required=False, help_text=_("请求体中的位置（JSON Pointer）。"))
    parameter = serializers.CharField(required=False, help_text=_("查询参数名。"))
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemOut(serializers.Serializer):
    """RFC 9457. ``code`` is stable; ``detail`` is for people, in the language asked for."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text=_("稳定的错误码，程序按它判断。"))
    detail = serializers.CharField(help_text=_("给人看的说明，语言随 Accept-Language。"))
    request_id = serializers.CharField(help_text=_("请求编号，联系平台时请附上。"))
    errors = ErrorOut(many=True, required=False)


PROBLEMS = {
    400: _("请求无法读取：REQUEST_MALFORMED、JSON_MALFORMED。"),
    401: _("没有有效的访问令牌：NOT_AUTHENTICATED。"),
    403: _("没有权限：SCOPE_MISSING、KIND_REFUSED。"),
    404: _("不存在，或属于别人：NOT_FOUND。"),
    405: _("此地址不支持这个方法：METHOD_NOT_ALLOWED，可用的方法在 Allow 头里。"),
    409: _("现在的状态不允许：见各接口的错误码；或同一个 Idempotency-Key 的请求还在执行：IDEMPOTENCY_KEY_RUNNING。"),
    411: _("分块发送的请求体无法读取，请带 Content-Length：LENGTH_REQUIRED。"),
    413: _("请求体太大：BODY_TOO_LARGE。"),
    415: _("请求体不是 application/json：MEDIA_TYPE_UNSUPPORTED。"),
    422: _("参数或请求体不可用：QUERY_INVALID、BODY_INVALID、IDEMPOTENCY_KEY_INVALID、IDEMPOTENCY_KEY_REUSED。"),
    429: _("请求太频繁：RATE_LIMITED。"),
    500: _("平台内部出错，请求没有生效：INTERNAL_ERROR。"),
    503: _("数据库暂时没有应答，稍后重试：DATABASE_UNAVAILABLE。"),
}
ALWAYS = {400, 401, 403, 405, 411, 413, 422, 429, 500, 503}
RATE_HEADERS = {
    "RateLimit-Limit": _("一个时间窗内允许的请求数。"),
    "RateLimit-Remaining": _("本时间窗内剩余的请求数。"),
    "RateLimit-Reset": _("距本时间窗结束的秒数。"),
}


class ClientScheme(DjangoOAuthToolkitScheme):
    target_class = "haowu.partners.access.ClientAuthentication"


class PartnerSchema(AutoSchema):
    def get_description(self) -> str:
        """What ``extend_schema`` says, and nothing else: docstrings are for readers of the code."""
        return ""

    def get_override_parameters(self) -> list[Any]:
        header: Literal["header"] = "header"
        counted = ["200", "201", "400", "404", "405", "409", "413", "415", "422", "429"]
        parameters = [
            OpenApiParameter("Accept-Language", str, header, description=_("文字的语言：zh-hans（默认）或 en。")),
            OpenApiParameter(
                request_ids.HEADER,
                str,  # any text is taken: one that cannot be used is replaced
                header,
                description=_("调用方自己的请求编号，会写入日志与操作记录；不可用时由平台另编。"),
            ),
            OpenApiParameter(request_ids.HEADER, str, header, response=True, description=_("这个请求的编号。")),
            *[
                OpenApiParameter(name, int, header, response=counted, description=text)
                for name, text in RATE_HEADERS.items()
            ],
            OpenApiParameter("Retry-After", int, header, response=["409", "429", "503"], description=_("几秒后重试。")),
        ]
        if self._is_idempotent():
            parameters += [
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "pattern": "^[!-~]{1,255}$"},
                    header,
                    description=_("同一个键与同样的内容只生效一次，并得到同样的回答。"),
                ),
                OpenApiParameter(
                    "Idempotency-Hit",
                    str,
                    header,
                    response=["200", "201"],
                    enum=["true"],
                    description=_("这是先前的回答。"),
                ),
            ]
        return parameters

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        """Each by what its converter takes."""
        parameters = super()._resolve_path_parameters(variables)
        converters = {name: converter for converter, name in _CONVERTED.findall(self.path_regex)}
        for parameter in parameters:
            parameter["schema"] = SCHEMAS.get(converters.get(parameter["name"], ""), parameter["schema"])
        return parameters

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for status in self._problems():
            said = OpenApiResponse(ProblemOut, description=PROBLEMS[status])
            bodies.setdefault(
                str(status), self._get_response_for_code(said, str(status), ["application/problem+json"], direction)
            )
        return dict(sorted(bodies.items()))

    def _problems(self) -> set[int]:
        """404 where something is named: in the path, or in the body by a code or number."""
        if self.method in ("POST", "PATCH"):
            return ALWAYS | {404, 409, 415}
        return ALWAYS | {404} if "{" in self.path else ALWAYS

    def _is_idempotent(self) -> bool:
        return hasattr(getattr(self.view, self.method.lower(), None), "is_idempotent")
