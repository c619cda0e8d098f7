"""What a party may read of the cases of its lines: what keeps a line still and until when, disputes and their trail."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.cases import disputes
from commissions.cases.casework import trail_of
from commissions.models import Dispute, LineHold, OrderLine, Settlement
from commissions.models.order import PARTIES
from commissions.party_share import ROLE_LABELS
from haowu.approvals.models import Trail
from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope

NEXT = {
    Dispute.Status.OPEN: gettext_lazy("平台正在处理，最迟 {until} 裁定；到期没有裁定就自动解除，对方照常得到这笔钱。"),
    Dispute.Status.PROPOSED: gettext_lazy("平台已有处理意见，等另一位同事复核，最迟 {until}；到期没有裁定就自动解除。"),
    Dispute.Status.UPHELD: gettext_lazy("成立：裁定的金额归提出方，对方余额不够的部分从之后的结算里扣。"),
    Dispute.Status.REJECTED: gettext_lazy("不成立：已全部解除，各方所得不变。"),
    Dispute.Status.RETRACTED: gettext_lazy("提出方已撤回：已全部解除，各方所得不变。"),
    Dispute.Status.EXPIRED: gettext_lazy("到期没有裁定：已全部解除，各方所得不变。仍有异议请联系平台客服。"),
}


@dataclass(frozen=True)
class LineCases:
    """``last_day`` is the last day on which a settled line may be disputed; None before it has settled."""

    holds: list[LineHold]
    disputes: list[Dispute]
    others: list[tuple[Tenant, str]]
    last_day: datetime | None
    is_too_late: bool


def of_line(line: OrderLine, tenant: Tenant, at: datetime) -> LineCases:
    """The open holds of ``line``, the disputes in which ``tenant`` stands, and whom it could dispute."""
    with platform_scope():
        settled_on = Settlement.objects.filter(line=line).order_by("phase").values_list("day", flat=True).first()
        last = days.start_of(settled_on) + disputes.RAISE_WITHIN if settled_on else None
        return LineCases(
            holds=list(LineHold.objects.of_line(line).open().order_by("expires_at")),
            disputes=named(Dispute.objects.visible_to(tenant).of_line(line).newest_first()),
            others=other_sides(line, tenant),
            last_day=last,
            is_too_late=last is not None and at >= last,
        )


def other_sides(line: OrderLine, tenant: Tenant) -> list[tuple[Tenant, str]]:
    """Each other party of ``line`` once, with the names of its roles; nobody for who is no party itself."""
    roles: dict[Tenant, list[str]] = {}
    for role in PARTIES:
        if party := getattr(line, role):
            roles.setdefault(party, []).append(str(ROLE_LABELS[role]))
    if roles.pop(tenant, None) is None:
        return []
    return [(party, " · ".join(names)) for party, names in roles.items()]


def named(found: Iterable[Dispute]) -> list[Dispute]:
    """``found`` with orders and parties at hand. An order belongs to its source: the parties read its number."""
    cases = list(found)
    with platform_scope():
        prefetch_related_objects(cases, "order", "claimant", "respondent")
    return cases


def next_step(dispute: Dispute) -> str:
    until = dispute.expires_at.astimezone(days.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return str(NEXT[Dispute.Status(dispute.status)]).format(until=until)


def knows_amount(dispute: Dispute, tenant: Tenant) -> bool:
    """What is in dispute is the respondent's net: its own to know, and the merchant's, who pays it."""
    return tenant.pk == dispute.respondent_id or tenant.kind == Tenant.Kind.MERCHANT


@dataclass(frozen=True)
class Happened:
    at: datetime
    label: str
    who: str
    reason: str


def trail(dispute: Dispute) -> Iterator[Happened]:
    """Everything that happened to it, oldest first. Staff of the platform are not named to the parties."""
    for row in trail_of(dispute):
        yield Happened(row.at, row.act_label, _who(row), row.reason)


def _who(row: Trail) -> str:
    if row.acting_for:
        return row.acting_for.name
    return _("平台") if row.user_id else _("系统")
