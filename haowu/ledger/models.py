"""The books: accounts, two-ended postings, and each day's opening and closing.

A posting moves a positive amount from one account to another, so it is balanced by its shape. A trigger carries
balances in the same statement, and a check constraint refuses to take an account below zero that must not go there.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant

MAX_REFERENCE = 80


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, tenant: Tenant) -> "AccountQuerySet":
        return self.filter(owner=tenant)


class Account(models.Model):
    """One bucket of one party's money."""

    class Kind(models.TextChoices):
        AVAILABLE = "available", _("可提现")
        FROZEN = "frozen", _("冻结")
        WITHDRAWING = "withdrawing", _("提现中")
        PAID = "paid", _("已提现")
        DEBT = "debt", _("欠款")
        FUNDING = "funding", _("佣金账户")
        RECEIVABLE = "receivable", _("待返还追回款")
        CLEARING = "clearing", _("清分过渡")
        REVENUE = "revenue", _("平台技术服务费")
        EXTERNAL = "external", _("订单货款（外部）")
        CORRECTION = "correction", _("差错调整")
        REBATES = "rebates", _("平台返点支出")

    MAY_GO_NEGATIVE = frozenset({Kind.DEBT, Kind.CLEARING, Kind.REVENUE, Kind.EXTERNAL, Kind.CORRECTION, Kind.REBATES})

    owner = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_index=False, related_name="accounts", verbose_name=_("所有者")
    )
    kind = models.CharField(_("账户"), max_length=12, choices=Kind)
    code = models.CharField(_("编号"), max_length=32, blank=True, help_text=_("过渡账户按结算日分开"))
    may_go_negative = models.BooleanField(_("允许为负"))
    balance_fen = models.BigIntegerField(_("余额（分）"), default=0)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("账户")
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "code"], name="account_owner_kind_code_unique"),
            models.CheckConstraint(
                condition=Q(may_go_negative=True) | Q(balance_fen__gte=0), name="account_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["debt", "clearing", "revenue", "external", "correction", "rebates"], may_go_negative=True
                )
                | Q(
                    kind__in=["available", "frozen", "withdrawing", "paid", "funding", "receivable"],
                    may_go_negative=False,
                ),
                name="account_kind_fixes_sign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} · {self.get_kind_display()} {self.code}".strip()


class PostingQuerySet(models.QuerySet["Posting"]):
    def touching(self, account: Account) -> "PostingQuerySet":
        return self.filter(Q(from_account=account) | Q(to_account=account))

    def of_day(self, day: date) -> "PostingQuerySet":
        return self.filter(day=day)

    def after(self, pk: int) -> "PostingQuerySet":
        return self.filter(pk__gt=pk)


class Posting(models.Model):
    """Money moved once; ``reference`` makes it so. Append-only: triggers refuse UPDATE, DELETE and TRUNCATE.

    In partitions by month (``haowu.ledger.posting_partitions``), where a key alone makes a reference happen once a day.
    Once for ever it happens since ``night:<day>:…`` may stand on its own day only (CHECK
    ``posting_night_of_its_day``) and every other is written into ``ledger_reference`` by the same statement (trigger
    ``book_references``).
    """

    class Kind(models.TextChoices):
        WITHHELD = "withheld", _("货款代扣")
        COST = "cost", _("推广费支出")
        COMMISSION = "commission", _("佣金")
        SERVICE_FEE = "service_fee", _("服务费")
        SECOND_FEE = "second_fee", _("二级服务费")
        PROVIDER_FEE = "provider_fee", _("服务商费用")
        AGENCY_FEE = "agency_fee", _("机构分成")
        TECH_FEE = "tech_fee", _("技术服务费")
        CLAWBACK = "clawback", _("追回")
        TECH_FEE_RETURNED = "tech_fee_returned", _("技术服务费退回")
        REIMBURSED = "reimbursed", _("追回款返还")
        OWED = "owed", _("追回款待返还")
        DEBT_DRAWN = "debt_drawn", _("转入欠款")
        DEBT_REPAID = "debt_repaid", _("偿还欠款")
        TOP_UP = "top_up", _("充值")
        FROZEN = "frozen", _("冻结")
        RELEASED = "released", _("解冻")
        WITHDRAWAL = "withdrawal", _("提现申请")
        PAID_OUT = "paid_out", _("提现到账")
        WITHDRAWAL_RETURNED = "withdrawal_returned", _("提现退回")
        CORRECTION = "correction", _("差错调整")
        REVERSAL = "reversal", _("冲正")
        REBATE = "rebate", _("返点")

    day = models.DateField(_("账务日"))
    from_account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="outgoing",
        verbose_name=_("付出账户"),
    )
    to_account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="incoming",
        verbose_name=_("收入账户"),
    )
    amount_fen = models.BigIntegerField(_("金额（分）"))
    kind = models.CharField(_("类型"), max_length=20, choices=Kind)
    reference = models.CharField(_("唯一凭证"), max_length=MAX_REFERENCE)
    cause = models.CharField(_("原因"), max_length=80)
    created_at = models.DateTimeField(_("记账时间"), db_default=Now())

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("记账")
        constraints = [
            models.UniqueConstraint(fields=["reference", "day"], name="posting_once_a_day"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="posting_amount_positive"),
            models.CheckConstraint(condition=~Q(from_account=F("to_account")), name="posting_has_two_ends"),
        ]
        indexes = [
            models.Index(fields=["day"], name="posting_day"),
            models.Index(fields=["from_account", "day"], name="posting_from_day"),
            models.Index(fields=["to_account", "day"], name="posting_to_day"),
        ]

    def __str__(self) -> str:
        return self.reference


class DailyBalanceQuerySet(models.QuerySet["DailyBalance"]):
    def visible_to(self, tenant: Tenant) -> "DailyBalanceQuerySet":
        return self.filter(account__owner=tenant)

    def of_account(self, kind: str, day: date) -> "DailyBalanceQuerySet":
        return self.filter(account__kind=kind, day=day)

    def newest_first(self) -> "DailyBalanceQuerySet":
        return self.order_by("-day", "account__kind")


class DailyBalance(models.Model):
    """One account's closed day: opening, what came in, what went out, closing. Written once, when the day closes.

    Days without a posting have no row: the opening is the closing of the row before.
    """

    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="days",
        verbose_name=_("账户"),
    )
    day = models.DateField(_("账务日"))
    opening_fen = models.BigIntegerField(_("期初（分）"))
    inflow_fen = models.BigIntegerField(_("收入（分）"))
    outflow_fen = models.BigIntegerField(_("支出（分）"))
    closing_fen = models.BigIntegerField(_("期末（分）"))

    objects = DailyBalanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("日余额")
        constraints = [
            models.UniqueConstraint(fields=["account", "day"], name="daily_balance_once"),
            models.CheckConstraint(
                condition=Q(closing_fen=F("opening_fen") + F("inflow_fen") - F("outflow_fen")),
                name="daily_balance_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.day}"

    @property
    def moved_fen(self) -> int:
        return self.closing_fen - self.opening_fen
