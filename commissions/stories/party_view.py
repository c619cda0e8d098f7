"""What one party may know of a line through the API (shapes: partner API).

A party sees the terms and amounts of its own roles; the merchant, who pays them all, its cost and every gross; the
order's source sees the life of the goods and no money.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from commissions.models import OrderLine, Settlement
from commissions.party_share import RATES_OF, role_labels, roles_of
from commissions.split import FROM_MERCHANT, ROLES, Shares
from commissions.stories import explain, sentences
from commissions.stories.line_story import LineStory
from haowu.ground.money import percent, yuan
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope

RATES = ("commission_bps", "service_fee_bps", "second_bps", "provider_bps", "agency_bps", "tech_bps")


def line(tenant: Tenant, row: OrderLine) -> dict[str, Any]:
    """``row``, read with ``explain.with_fixed_points`` and its product, as ``tenant`` sees it."""
    roles = roles_of(tenant, row)
    story = explain.fixed_points(row)
    held = {"reason": row.held_reason, "since": row.held_since} if row.held_reason else None
    return {
        "order_no": row.order_no,
        "line_no": row.line_no,
        "source": row.source.code,
        "product": {"merchant": row.merchant.code, "code": row.product.code, "title": row.product.title},
        "quantity": row.quantity,
        "pid": row.pid if "streamer" in roles else None,
        "sub_id": row.sub_id if "streamer" in roles else None,
        "status": story["status"],
        "ordered_at": row.ordered_at,
        "shipped_at": row.shipped_at,
        "received_at": row.received_at,
        "due_at": row.due_at,
        "updated_at": row.updated_at,
        "held": held if roles or explain.is_held_for_source(row) else None,
        "base_fen": story["base_fen"] if roles else None,
        "terms": _terms(roles, row) if roles and row.offer_kind else None,
        "estimate": _shares(roles, row, row.estimate) if row.offer_kind else {},
        "phases": [
            {"day": phase.day, "kind": phase.kind, "shares": _shares(roles, phase, phase.shares)}
            for phase in row.settlements.all()
        ],
    }


def settlement(tenant: Tenant, row: Settlement) -> dict[str, Any]:
    """One row of a statement: what a night booked for ``tenant`` on one line."""
    roles = roles_of(tenant, row)
    return {
        "order_no": row.line.order_no,
        "line_no": row.line.line_no,
        "source": row.line.source.code,
        "sub_id": row.line.sub_id if "streamer" in roles else None,
        "phase": row.phase,
        "kind": row.kind,
        "base_fen": row.base_fen,
        "shares": _shares(roles, row, row.shares),
    }


def explanation(tenant: Tenant, row: OrderLine) -> dict[str, Any]:
    """Why ``row`` earns what it does, as far as it is for ``tenant``: rules, events, cases, postings, and sentences.

    Enters the platform's scope: the rows behind a story are not all visible to each of its parties.
    """
    with platform_scope():
        story = explain.as_seen_by(tenant, row)
    names = ("settles_on", "events", "holds", "disputes", "steps", "adjustments", "postings", "credits", "next")
    said = [sentence for sentence in _sentences(tenant, row, story) if sentence]
    sections = {name: value for name, value in story.items() if name in names}
    return {"trace": story["terms"]["trace"], "sentences": said} | sections


def _sentences(tenant: Tenant, row: OrderLine, story: LineStory) -> Iterator[str]:
    view = line(tenant, row)
    if roles_of(tenant, row):
        yield sentences.state(story)
        yield from sentences.rules(story)
    if view["terms"]:
        yield rates(tenant, row)
    yield from sentences.events(story, amounts=bool(roles_of(tenant, row)))
    kinds = {"settlement": _("结算"), "clawback": _("追回")}
    phases = [(f"{phase['day']} {kinds[phase['kind']]}", phase["shares"]) for phase in view["phases"]]
    for title, shares in [(_("预估"), view["estimate"]), *phases]:
        yield from _share_sentences(title, shares)
    yield from sentences.cases(story)
    yield from sentences.postings(story)
    yield from sentences.credits(story)
    yield sentences.what_comes_next(story)


def rates(tenant: Tenant, row: OrderLine) -> str:
    """The frozen rates that ``tenant`` knows of, as one sentence."""
    labels, terms = _rate_labels(), _terms(roles_of(tenant, row), row)
    known = [f"{labels[name]} {percent(terms[name])}" for name in RATES if terms[name]]
    return _("条款（下单时冻结）：{rates}。").format(rates="，".join(known))


def _share_sentences(title: str, shares: dict[str, Any]) -> Iterator[str]:
    labels = role_labels()
    for role, amounts in shares.items():
        if role == "merchant":
            text = _("{title}：商家支出 ¥{cost}。").format(title=title, cost=yuan(amounts["cost_fen"]))
        elif "net_fen" in amounts:
            text = _("{title}：{label}毛额 ¥{gross}，技术服务费 ¥{fee}，净额 ¥{net}。").format(
                title=title,
                label=labels[role],
                gross=yuan(amounts["gross_fen"]),
                fee=yuan(amounts["tech_fee_fen"]),
                net=yuan(amounts["net_fen"]),
            )
        else:
            text = _("{title}：{label} {party} 毛额 ¥{gross}。").format(
                title=title, label=labels[role], party=amounts["party"], gross=yuan(amounts["gross_fen"])
            )
        yield text


def _terms(roles: list[str], row: OrderLine) -> dict[str, Any]:
    known = {name for role in roles for name in RATES_OF[role]}
    return {
        "offer": {"kind": row.offer_kind, "activity": row.activity or None},
        "hold_days": row.hold_days,
    } | {name: getattr(row, name) if name in known else None for name in RATES}


def _shares(roles: list[str], row: OrderLine | Settlement, shares: Shares) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for role in ROLES:
        party = getattr(row, role)
        gross, fee = getattr(shares, f"{role}_fen"), getattr(shares, f"{role}_fee_fen")
        if role in roles:
            seen[role] = {"party": party.code, "gross_fen": gross, "tech_fee_fen": fee, "net_fen": gross - fee}
        elif "merchant" in roles and role in FROM_MERCHANT and party is not None:
            seen[role] = {"party": party.code, "gross_fen": gross}
    return seen | ({"merchant": {"cost_fen": shares.cost_fen}} if "merchant" in roles else {})


def _rate_labels() -> dict[str, str]:
    return {
        "commission_bps": _("佣金"),
        "service_fee_bps": _("服务费"),
        "second_bps": _("二级服务费"),
        "provider_bps": _("服务商费用"),
        "agency_bps": _("机构分成"),
        "tech_bps": _("技术服务费"),
    }
