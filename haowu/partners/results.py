"""Answers of batches, an entry each: accepted with its id, or rejected with a stable code and what to do."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from haowu.ground.errors import Refused


class ResultOut(serializers.Serializer):
    id = serializers.CharField(allow_blank=True, help_text=_("相关的编号；没有时为空"))
    status = serializers.ChoiceField(choices=["accepted", "rejected"])
    code = serializers.CharField(allow_blank=True, help_text=_("rejected 的稳定原因码"))
    message = serializers.CharField(allow_blank=True)


class ResultsOut(serializers.Serializer):
    results = ResultOut(many=True, help_text=_("顺序与请求相同"))


def results(answers: Iterable[Any], ids: Iterable[str] = ()) -> dict[str, Any]:
    """One result per answer: a row with ``public_id``, or a refusal (named by the id at its place, where given)."""
    named = list(ids)
    return {"results": [result(answer, named[n] if named else "") for n, answer in enumerate(answers)]}


def result(answer: Any, named: str) -> dict[str, str]:
    if isinstance(answer, Refused):
        return {"id": named, "status": "rejected", "code": answer.code, "message": answer.message}
    return {"id": answer.public_id, "status": "accepted", "code": "", "message": ""}
