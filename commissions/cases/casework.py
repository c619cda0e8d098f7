"""What every case has in common: the platform's scope, the deadline, the audit trail."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from haowu.approvals.models import Trail, TrailQuerySet
from haowu.approvals.trail import moved, record
from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant, User
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


def note(
    case: Any,
    act: str,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    parties: tuple = (None, None),
    acting_for: Tenant | None = None,
    **changed: Any,
) -> None:
    """Write into the trail who did what to ``case``, when and why. ``parties`` may read it.

    ``before`` and ``after`` are those of the case's last move, or what is given.
    """
    record(
        act,
        case.CASE,
        case.trail_reference,
        at=at,
        by=by,
        reason=reason,
        tenant=parties[0],
        counterparty=parties[1],
        acting_for=acting_for,
        **(changed or moved(case)),
    )


def trail_of(case: Any) -> TrailQuerySet:
    """Everything that was done to ``case``, oldest first."""
    return Trail.objects.about(case.CASE, case.trail_reference).oldest_first()
