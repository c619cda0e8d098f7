"""What the acts on levels, assessments and permission refuse."""

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused


class PermissionRevoked(Refused):
    code = "PERMISSION_REVOKED"
    text = _("团长权限已被收回。{again} 起可以在「等级与考核」里申请重新开通；之前的成交照常结算。")
    status = 403


class PermissionGone(Refused):
    code = "PERMISSION_GONE"
    text = _("团长权限已第三次被收回，不再开通。之前的成交照常结算。")
    status = 403


class PermissionHeld(Refused):
    code = "PERMISSION_HELD"
    text = _("团长权限没有被收回，不用申请。")
    status = 409


class TooEarlyToApply(Refused):
    code = "TOO_EARLY_TO_APPLY"
    text = _("收回满 30 天才能申请重新开通：{again} 起。")
    status = 409


class ReadmissionOpen(Refused):
    code = "READMISSION_OPEN"
    text = _("申请已提交，等平台审核。")
    status = 409


class NothingToAppeal(Refused):
    code = "NOTHING_TO_APPEAL"
    text = _("只能对自己不合格的月度考核或季度等级申诉。")


class AlreadyAppealed(Refused):
    code = "ALREADY_APPEALED"
    text = _("这项结果已经申诉过，不能再次申诉。")
    status = 409


class AppealTooLate(Refused):
    code = "APPEAL_TOO_LATE"
    text = _("申诉须在 {until:%Y-%m-%d %H:%M} 前提出，现在已过期限。")
    status = 409


class NothingCorrected(Refused):
    code = "NOTHING_CORRECTED"
    text = _("季度等级的申诉成立时，请填更正后的品牌数或推广者数。成交额以账本为准，不能更改。")


class MonthNotOver(Refused):
    code = "MONTH_NOT_OVER"
    text = _("{month:%Y-%m} 还没有结束，不能考核。")
    status = 409


class QuarterNotOver(Refused):
    code = "QUARTER_NOT_OVER"
    text = _("{quarter} 的结算夜还没有全部关账（到 {last} 为止），不能评定等级。")
    status = 409
