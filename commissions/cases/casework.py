"""What every case has in common: the platform's scope, the deadline, the audit trail."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from commissions.models import CaseEvent
from haowu.ground.errors import Refused
from haowu.tenants.models import User
from haowu.tenants.scope import platform_scope


class DeadlineNotLater(Refused):
    code = "DEADLINE_NOT_LATER"
    text = _("期限必须晚于现在和原来的期限。请重新选择。")


class DeadlinePassed(Refused):
    code = "DEADLINE_PASSED"
    text = _("期限已过，已自动解除。如有需要请重新发起。")
    status = 409


class CaseClosed(Refused):
    code = "CASE_CLOSED"
    text = _("该事项已结束，没有任何改动。请刷新后查看。")
    status = 409


def act(function: Callable[..., Any]) -> Callable[..., Any]:
    """One transaction in the platform's scope: a case weighs rows of several parties."""

    @wraps(function)
    def acting(*args: Any, **kwargs: Any) -> Any:
        with transaction.atomic(), platform_scope():
            return function(*args, **kwargs)

    return acting


def require_later(until: datetime, than: datetime) -> None:
    if until <= than:
        raise DeadlineNotLater


def locked(case: Any) -> Any:
    """``case`` as it stands now, kept so until this transaction ends."""
    return type(case)._base_manager.select_for_update(of=("self",)).get(pk=case.pk)


def note(case: Any, act: str, *, by: User | None, at: datetime, reason: str, parties: tuple = (None, None)) -> None:
    """Write into the audit trail who did what to ``case``, when and why. ``parties`` may read it."""
    CaseEvent.objects.create(
        case=case.CASE,
        case_id=case.pk,
        act=act,
        by=by,
        at=at,
        reason=reason,
        party_id=parties[0],
        counterparty_id=parties[1],
    )
