"""The first visit of each role: three steps, shown on its first page until they are closed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant

Text = str | Promise
Kind = Tenant.Kind


@dataclass(frozen=True)
class Step:
    """``page`` is the name of a route."""

    title: Text
    text: Text
    page: str


STEPS: dict[str, Sequence[Step]] = {
    Kind.MERCHANT: (
        Step(_("看看商品"), _("上架的商品才会出现在选品中心，缺图、缺类目的排在前面补。"), "products"),
        Step(_("开推广计划"), _("定好佣金率，达人才愿意带；降佣次日零点生效，提佣立刻生效。"), "plans"),
        Step(_("对一遍账"), _("每晚结算一次。点开任一笔，看它为什么是这个数。"), "statements"),
    ),
    Kind.STREAMER: (
        Step(_("选一件货"), _("按净赚、店铺分、类目筛，点一下就进货架。"), "selection"),
        Step(_("取推广位"), _("货架上每件货有自己的推广位，订单靠它认出是你卖的。"), "shelf"),
        Step(_("看收益"), _("待结算、在途、可提现分开列，每一笔都能点开。"), "earnings"),
    ),
    Kind.TUANZHANG: (
        Step(_("开招商活动"), _("定好门槛和窗口，商家来报名，你来审。"), "activities"),
        Step(_("推荐给达人"), _("把通过的货组成一份推荐，达人一次选走。"), "recommendations"),
        Step(_("看等级"), _("按季考核：成交额、品牌、达人数，决定返点。"), "levels"),
    ),
    Kind.BASE: (
        Step(_("引进品牌"), _("额度用在别家没有的品牌上；通过以后全国基地都看得见。"), "base-brands"),
        Step(_("上报库存"), _("传一份表格，或让系统定时来取。过期的库存会自动隐藏。"), "base-stock"),
        Step(_("备货"), _("订单按买家城市就近预留，在这里出库。"), "base-reservations"),
    ),
}
"""The other kinds begin without."""

RUNS, TRAIL = "admin:commissions_run_changelist", "admin:approvals_trail_changelist"
STAFF_STEPS = (
    Step(_("清队列"), _("等你决定的都在这里，先到时限的在前；每个决定都要写得出理由。"), "admin:index"),
    Step(_("看昨夜"), _("结算跑完没有、每项检查对不对，一页说清；没过的点开就是哪一行。"), RUNS),
    Step(_("查来由"), _("谁在什么时候改了什么，都在操作记录里，一行接一行，改不了。"), TRAIL),
)
"""Of the platform's staff, on the first page of the admin."""
