"""What every case has in common: who may act, the second person, the deadline, the audit trail."""

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


class StaffOnly(Refused):
    code = "STAFF_ONLY"
    text = _("只有平台工作人员可以这样做。请联系平台客服。")
    status = 403


class SamePerson(Refused):
    code = "SAME_PERSON"
    text = _("经办人不能复核自己提出的事项。请由另一位同事复核。")
    status = 409


class ReasonMissing(Refused):
    code = "REASON_MISSING"
    text = _("请写明原因。")


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


def require_staff(by: User) -> None:
    if not (by.is_staff and by.is_active):
        raise StaffOnly


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def require_second(maker_id: int | None, by: User) -> None:
    """``by`` is staff, and somebody else than who proposed it."""
    require_staff(by)
    if maker_id == by.pk:
        raise SamePerson


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
