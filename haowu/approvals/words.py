"""The words of the trail: what may be done, and to what. Codes are stable; labels are for people.

Subjects of all floors are named here, as words only: a page or a program that reads the trail needs no other floor.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    ADDED = "added", _("加入")
    AGREED = "agreed", _("同意")
    ANNOUNCED = "announced", _("预告收回")
    APPLIED = "applied", _("申请")
    APPROVED = "approved", _("复核通过")
    ASKED_BACK = "asked_back", _("退回补充")
    ASKED_END = "asked_end", _("申请终止")
    BACKFILLED = "backfilled", _("补结算")
    CANCELLED = "cancelled", _("取消")
    CHANGED = "changed", _("修改")
    CLEARED = "cleared", _("后续文件已一致")
    CLOSED = "closed", _("关闭")
    CONFIRMED = "confirmed", _("确认生效")
    CREATED = "created", _("新建")
    CUT = "cut", _("自动一分为二")
    DELETED = "deleted", _("删除")
    DELISTED = "delisted", _("下架")
    DOWNGRADED = "downgraded", _("降级")
    ENDED = "ended", _("结束")
    EXPIRED = "expired", _("到期自动解除")
    EXTENDED = "extended", _("延期")
    FAILED = "failed", _("失败")
    LISTED = "listed", _("上架")
    OPENED = "opened", _("发起")
    PAID = "paid", _("已到账")
    PASSED = "passed", _("审核通过")
    PAUSED = "paused", _("暂停")
    PROPOSED = "proposed", _("提出处理")
    PUBLISHED = "published", _("发布")
    RATE_CHANGED = "rate_changed", _("修改费率")
    READMITTED = "readmitted", _("重新开通")
    RECORDED = "recorded", _("登记")
    REFUSED = "refused", _("拒绝")
    REJECTED = "rejected", _("驳回")
    RELEASED = "released", _("解除")
    REMOVED = "removed", _("移出")
    RESUMED = "resumed", _("恢复")
    RETRACTED = "withdrawn", _("撤回")
    RETRIED = "retried", _("重试")
    REVOKED = "revoked", _("收回")
    SENT = "sent", _("交给银行")
    SKIPPED = "skipped", _("跳过")
    UPHELD = "upheld", _("申诉成立")
    VIEWING_BEGAN = "viewing_began", _("开始以其身份查看")
    VIEWING_ENDED = "viewing_ended", _("结束以其身份查看")


class Subject(models.TextChoices):
    ACTIVITY = "activity", _("招商活动")
    API_CLIENT = "api-client", _("API 客户端")
    APPEAL = "appeal", _("等级申诉")
    ASSESSMENT = "assessment", _("月度考核")
    BASE = "base", _("供应链基地")
    BASE_APPLICATION = "base-application", _("建基地申请")
    BASE_POLICY = "base-policy", _("基地政策")
    BRAND = "brand", _("品牌")
    BUYER_IDENTITY = "buyer-identity", _("本人买家号")
    CATEGORY = "category", _("类目")
    CHANGE_REQUEST = "change-request", _("变更申请")
    CONSENT = "consent", _("基地代卖许可")
    CORRECTION = "correction", _("冲正与调整")
    DISPUTE = "dispute", _("争议")
    ENGAGEMENT = "engagement", _("服务商合作")
    ENROLMENT = "enrolment", _("活动报名")
    FEED = "feed", _("库存上报")
    INTRODUCTION = "introduction", _("品牌引进")
    LEVEL = "level", _("季度等级")
    LEVEL_POLICY = "level-policy", _("等级政策")
    LINE_HOLD = "line-hold", _("订单行冻结")
    MEMBERSHIP = "membership", _("成员")
    NIGHT = "night", _("结算夜")
    PAYOUT_BATCH = "payout-batch", _("打款批次")
    PERMISSION = "permission", _("团长权限")
    PERSONAL_RECORD = "personal-record", _("个人资料")
    PLAN = "plan", _("推广计划")
    POLICY = "policy", _("结算政策")
    PRODUCT = "product", _("商品")
    PULL_SOURCE = "pull-source", _("库存拉取地址")
    QUARANTINED_ROW = "quarantined-row", _("待复核的库存行")
    READMISSION = "readmission", _("重新开通申请")
    REBATE = "rebate", _("返点批次")
    RECONCILIATION = "reconciliation", _("对账差异")
    RESETTLEMENT = "resettlement", _("重新结算")
    SECOND_LEVEL = "second-level", _("二级合作")
    SECOND_STEP = "second-step", _("两步验证")
    SHARD = "shard", _("结算分片")
    SHOP = "shop", _("店铺")
    TENANT = "tenant", _("账户资料")
    TENANT_HOLD = "tenant-hold", _("账户冻结")
    TOP_UP = "top-up", _("充值")
    UPSTREAM_FILE = "upstream-file", _("对账文件")
    USER = "user", _("用户")
    WITHDRAWAL = "withdrawal", _("提现")


def act_label(code: str) -> str:
    """A code that is no longer in use is shown as it is: rows of years ago stay readable."""
    return str(Act(code).label) if code in Act.values else code


def subject_label(kind: str) -> str:
    return str(Subject(kind).label) if kind in Subject.values else kind
