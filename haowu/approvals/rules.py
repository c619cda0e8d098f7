"""What every decision asks: whose it is to make, that a second person agrees, and why."""

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused
from haowu.tenants.models import User


class StaffOnly(Refused):
    code = "STAFF_ONLY"
    text = _("只有平台工作人员可以这样做。请联系平台客服。")
    status = 403


class SecondPersonNeeded(Refused):
    code = "SECOND_PERSON_NEEDED"
    text = _("您是上一位经手人，须由另一位同事复核。")
    status = 403


class ReasonMissing(Refused):
    code = "REASON_MISSING"
    text = _("请写明原因，当事方会看到。")


def require_staff(by: User) -> None:
    if not (by.is_staff and by.is_active):
        raise StaffOnly


def second_person(maker_id: int | None, checker: User) -> None:
    """``checker`` is staff, and somebody else than who proposed it or touched it last."""
    require_staff(checker)
    if maker_id == checker.pk:
        raise SecondPersonNeeded


def require_reason(reason: str) -> str:
    """``reason`` without blanks around it."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
