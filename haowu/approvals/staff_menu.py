"""The menu of the admin: what staff need every day, in groups. Lists of all floors are named here, as words only."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """One list: ``model`` is ``app.model`` in small letters, ``label`` stands in the menu."""

    model: str
    label: Any
    icon: str

    @property
    def route(self) -> str:
        return f"admin:{self.model.replace('.', '_')}_changelist"


GROUPS: tuple[tuple[Any, tuple[Place, ...]], ...] = (
    (
        _("审"),
        (
            Place("bases.application", _("建基地申请"), "base"),
            Place("bases.introduction", _("品牌引进"), "shield"),
            Place("bases.feed", _("库存上报"), "redo"),
            Place("bases.quarantinedrow", _("待复核的库存"), "alert"),
            Place("tuanzhang.appeal", _("等级申诉"), "hand"),
            Place("tuanzhang.readmission", _("重新开通"), "flag"),
        ),
    ),
    (
        _("钱"),
        (
            Place("commissions.run", _("结算夜"), "ledger"),
            Place("commissions.withdrawal", _("提现复核"), "wallet"),
            Place("commissions.payoutbatch", _("打款批次"), "dl"),
            Place("commissions.topup", _("商家充值"), "plus"),
            Place("commissions.rebatebatch", _("返点批次"), "crown"),
            Place("commissions.correction", _("冲正与调整"), "redo"),
            Place("commissions.resettlement", _("重新结算"), "redo"),
            Place("commissions.reconciliationitem", _("对账"), "scale"),
            Place("ledger.posting", _("总账"), "book"),
        ),
    ),
    (
        _("险"),
        (
            Place("commissions.dispute", _("争议"), "hand"),
            Place("commissions.linehold", _("订单行冻结"), "alert"),
            Place("commissions.tenanthold", _("账户冻结"), "alert"),
            Place("commissions.shard", _("失败的分片"), "x"),
        ),
    ),
    (
        _("查"),
        (
            Place("commissions.orderline", _("订单"), "box"),
            Place("merchants.product", _("商品"), "shop"),
            Place("tuanzhang.activity", _("招商活动"), "flag"),
            Place("tuanzhang.enrolment", _("活动报名"), "flag"),
            Place("streamers.link", _("推广链接"), "link"),
            Place("streamers.livesession", _("直播场次"), "live"),
            Place("tenants.tenant", _("租户"), "team"),
            Place("tenants.user", _("用户"), "user1"),
        ),
    ),
    (
        _("规"),
        (
            Place("commissions.policy", _("结算政策"), "cal"),
            Place("tuanzhang.levelpolicy", _("等级政策"), "cal"),
            Place("bases.basepolicy", _("基地政策"), "cal"),
            Place("approvals.trail", _("操作记录"), "eye"),
            Place("partners.apiclient", _("API 客户端"), "code"),
        ),
    ),
)

SEARCHED = (
    "tenants.tenant",
    "commissions.order",
    "commissions.orderline",
    "commissions.withdrawal",
    "merchants.product",
    "tuanzhang.activity",
    "ledger.posting",
    "tenants.user",
)
"""Where the box at the top looks; those that have no list are passed over."""
