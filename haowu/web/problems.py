"""Every error of the API as an RFC 9457 problem: ``application/problem+json`` with a stable ``code``.

The business says no with its own ``Refused``; here stand the refusals of the API itself, and the way of both to JSON.
"""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from haowu.ground.errors import NotFound, Refused
from haowu.ground.transient import is_transient
from haowu.web import request_ids
from haowu.web.formats import PrudentJSONRenderer

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 30
logger = logging.getLogger(__name__)


class ApiRefused(Refused):
    """A refusal with response ``headers`` and further members of the problem, its ``extensions``."""

    headers: dict[str, str]
    extensions: dict[str, Any]

    def __init__(
        self, *, headers: dict[str, str] | None = None, extensions: dict[str, Any] | None = None, **facts: Any
    ) -> None:
        self.headers = headers or {}
        self.extensions = extensions or {}
        super().__init__(**facts)


class NotAuthenticated(ApiRefused):
    code = "NOT_AUTHENTICATED"
    text = _("没有有效的访问令牌。请先在 /oauth/token/ 换取令牌，再以 Authorization: Bearer 发送。")
    status = 401


class Forbidden(ApiRefused):
    code = "FORBIDDEN"
    text = _("没有执行此操作的权限。")
    status = 403


class PathUnknown(NotFound):
    text = _("没有这个地址，或没有你能查看的内容。")


class MethodNotAllowed(ApiRefused):
    code = "METHOD_NOT_ALLOWED"
    text = _("此地址不支持 {method} 方法。请看 Allow 头里可用的方法。")
    status = 405


class MediaTypeUnsupported(ApiRefused):
    code = "MEDIA_TYPE_UNSUPPORTED"
    text = _("只接受 JSON。请以 Content-Type: application/json 发送。")
    status = 415


class RequestMalformed(ApiRefused):
    code = "REQUEST_MALFORMED"
    text = _("无法读取请求。请检查地址参数和请求体的编码。")
    status = 400


class JsonMalformed(ApiRefused):
    code = "JSON_MALFORMED"
    text = _("请求体不是有效的 UTF-8 JSON。请检查后重发。")
    status = 400


class BodyTooLarge(ApiRefused):
    code = "BODY_TOO_LARGE"
    text = _("请求体太大。请分成几次发送。")
    status = 413


class LengthRequired(ApiRefused):
    code = "LENGTH_REQUIRED"
    text = _("分块发送的请求体无法读取。请带 Content-Length 重发。")
    status = 411


class BodyInvalid(ApiRefused):
    """``extensions["errors"]`` names each place by its JSON pointer."""

    code = "BODY_INVALID"
    text = _("请求体不符合接口文档。请按 errors 逐项修改。")


class QueryInvalid(ApiRefused):
    """``extensions["errors"]`` names each query parameter."""

    code = "QUERY_INVALID"
    text = _("查询参数不可用。请按 errors 逐项修改。")

    @classmethod
    def of(cls, parameter: str, detail: Any, code: str = "invalid") -> "QueryInvalid":
        return cls(extensions={"errors": [{"parameter": parameter, "code": code, "detail": str(detail)}]})


class InternalError(ApiRefused):
    code = "INTERNAL_ERROR"
    text = _("平台内部出错，请求没有生效。请稍后以同样的内容重试。")
    status = 500


class DatabaseAway(ApiRefused):
    """A transient error: what is asked again in ``Retry-After`` seconds is answered as if it were the first time."""

    code = "DATABASE_UNAVAILABLE"
    text = _("数据库暂时没有应答。请在 Retry-After 秒后以同样的内容和同一 Idempotency-Key 重试，不会重复生效。")
    status = 503

    def __init__(self, **facts: Any) -> None:
        super().__init__(headers={"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}, **facts)


def respond(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler."""
    refused = refusal(error, context["request"], context["view"])
    return Response(_problem(refused), refused.status, headers=_headers(refused), content_type=MEDIA_TYPE)


def refusal(error: Exception, request: Any, view: Any) -> Refused:
    """What to answer for ``error``. A bug is logged, and reported to Django as one."""
    refused = _refusal(error)
    if isinstance(refused, DatabaseAway):
        logger.error("the database did not answer: %s", request.path, exc_info=error)
    if isinstance(refused, InternalError):
        signals.got_request_exception.send(sender=type(view), request=getattr(request, "_request", request))
        logger.error("API request failed: %s", request.path, exc_info=error)
    return refused


def plain_response(refused: Refused) -> HttpResponse:
    """The problem for a view that is not DRF's."""
    body = PrudentJSONRenderer().render(_problem(refused))
    return HttpResponse(body, status=refused.status, headers=_headers(refused), content_type=MEDIA_TYPE)


@csrf_exempt
def path_unknown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """For every address below ``/api/`` that is none."""
    return plain_response(PathUnknown())


def _refusal(error: Exception) -> Refused:
    match error:
        case Refused():
            return error
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return NotAuthenticated(headers={"WWW-Authenticate": getattr(error, "auth_header", "Bearer")})
        case exceptions.PermissionDenied() | PermissionDenied():
            return Forbidden()
        case exceptions.NotFound() | Http404():
            return NotFound(PathUnknown.text)
        case exceptions.MethodNotAllowed():
            return MethodNotAllowed(method=error.args[0] if error.args else "")
        case exceptions.UnsupportedMediaType():
            return MediaTypeUnsupported()
        case exceptions.ValidationError():
            return BodyInvalid(extensions={"errors": list(_errors(error.get_full_details()))})
        case exceptions.ParseError():
            return JsonMalformed()
        case RequestDataTooBig():
            return BodyTooLarge()
        case SuspiciousOperation() | MultiPartParserError():
            return RequestMalformed()
        case _ if is_transient(error):
            return DatabaseAway()
    return InternalError()


def _problem(refused: Refused) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "code": refused.code,
        "detail": refused.message,
        "request_id": request_ids.current(),
    } | getattr(refused, "extensions", {})


def _headers(refused: Refused) -> dict[str, str]:
    return getattr(refused, "headers", {})


def _errors(details: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """DRF's nested error details, flat: one entry per place and reason."""
    if isinstance(details, dict) and details.keys() == {"message", "code"}:
        yield {"pointer": pointer, "code": details["code"], "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _errors(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    else:
        for inner in details:
            yield from _errors(inner, pointer)
