"""``Idempotency-Key``: one effect and one answer per client and key (promise 9).

A key is used up by a request that had an effect: its answer is stored in the same transaction, and given again. What
had none is judged anew under the same key, for its cause may have been mended since: a product that was unknown, a
balance too low, a database that was away. While a request runs it holds an advisory lock, which ends with it however
it ends, so that a key cannot be left behind half-used.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.partners.models import IdempotentAnswer
from haowu.web.formats import PrudentJSONRenderer
from haowu.web.problems import ApiRefused

HEADER = "Idempotency-Key"
HIT = "Idempotency-Hit"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class KeyInvalid(ApiRefused):
    code = "IDEMPOTENCY_KEY_INVALID"
    text = _("Idempotency-Key 须为 1 到 255 个可见的 ASCII 字符，例如一个 UUID。")


class KeyReused(ApiRefused):
    code = "IDEMPOTENCY_KEY_REUSED"
    text = _("这个 Idempotency-Key 已用于另一个请求。新的请求请换一个。")


class KeyRunning(ApiRefused):
    code = "IDEMPOTENCY_KEY_RUNNING"
    text = _("带有这个 Idempotency-Key 的请求还在执行。请稍后以同样的内容重试。")
    status = 409


def idempotent(act: Callable[..., Response]) -> Callable[..., Response | HttpResponse]:
    """For methods of views that have an effect. Without the header, ``act`` as it is."""

    @wraps(act)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        key = request.headers.get(HEADER)
        if key is None:
            return act(view, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            raise KeyInvalid
        client = request.auth.application
        _hold(client.pk, key)
        fingerprint = _fingerprint(request)
        if earlier := IdempotentAnswer.objects.to(client, key):
            return _again(earlier, fingerprint)
        answer = _try(act, view, request, *args, **kwargs)
        if _had_effect(answer):
            _store(request, key, fingerprint, answer)
        return answer

    once.is_idempotent = True  # type: ignore[attr-defined]  # a mark that the API's description reads
    return once


def _hold(client_id: int, key: str) -> None:
    """Hold ``key`` until this transaction ends. KeyRunning when another request holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency:{client_id}:{key}"])
        if not cursor.fetchone()[0]:
            raise KeyRunning(headers={"Retry-After": "1"})


def _fingerprint(request: Request) -> str:
    sent = f"{request.method} {request.get_full_path()}\n".encode() + request._request.body
    return hashlib.sha256(sent).hexdigest()


def _again(earlier: IdempotentAnswer, fingerprint: str) -> HttpResponse:
    if earlier.fingerprint != fingerprint:
        raise KeyReused
    return HttpResponse(earlier.body, status=earlier.status, content_type=earlier.media_type, headers={HIT: "true"})


def _try(act: Callable[..., Response], view: Any, *args: Any, **kwargs: Any) -> Response:
    """The answer of ``act``; a refusal leaves nothing behind but its problem."""
    try:
        with transaction.atomic():
            return act(view, *args, **kwargs)
    except Exception as error:
        return view.handle_exception(error)


def _had_effect(answer: Response) -> bool:
    """Refusals have none, and no batch of which every item was rejected.

    A view whose rejected items are kept all the same says so by ``answer.had_effect``.
    """
    if answer.status_code >= 300:
        return False
    if (said := getattr(answer, "had_effect", None)) is not None:
        return said
    results = answer.data.get("results")
    return not results or any(each["status"] != "rejected" for each in results)


def _store(request: Request, key: str, fingerprint: str, answer: Response) -> None:
    IdempotentAnswer.objects.create(
        client=request.auth.application,
        tenant=request.tenant,
        key=key,
        fingerprint=fingerprint,
        status=answer.status_code,
        media_type=answer.content_type or PrudentJSONRenderer.media_type,
        body=PrudentJSONRenderer().render(answer.data).decode(),
    )
