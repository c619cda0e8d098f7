"""What caused a posting, in words and as facts: a night, a withdrawal, a dispute, a hold, a correction, a top-up.

A posting names its cause as text (``run:2024-06-09``, ``dispute:3``); here that text is opened, for many postings at
once. The rows behind it may be the platform's alone, so callers are in its scope; the
answers hold only what the party may know.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from commissions.models import Correction, Dispute, OrderLine, Rebate, Reserve, TenantHold, Withdrawal
from commissions.statements.daily import signed_fen
from haowu.ground import days
from haowu.ground.money import percent, yuan
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant

CHUNK = 1_000
KINDS = ("night", "withdrawal", "dispute", "tenant_hold", "reserve", "correction", "rebate", "top_up", "other")


@dataclass(frozen=True)
class Cause:
    """``kind`` is stable (docs/api.md), ``text`` for people, ``facts`` are JSON; ``line``: the order line meant."""

    kind: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict)
    line: OrderLine | None = None


@dataclass(frozen=True)
class Movement:
    """One posting as an account sees it: signed, with the account at its other end and what caused it."""

    posting: Posting
    amount_fen: int
    counterpart: Account
    cause: Cause

    @property
    def counterpart_label(self) -> str:
        """Whose account is at the other end, and which; the platform by its name in the language in force."""
        owner = self.counterpart.owner
        name = _("好物联盟") if owner.kind == Tenant.Kind.PLATFORM else owner.name
        return f"{name} · {self.counterpart.get_kind_display()}"


def movements(account: Account, postings: QuerySet[Posting]) -> Iterator[Movement]:
    """``postings`` of ``account`` with what caused each. Platform scope: the other ends are other parties' accounts."""
    rows = postings.select_related("from_account__owner", "to_account__owner").iterator(chunk_size=CHUNK)
    while batch := list(islice(rows, CHUNK)):
        causes = causes_of(batch)
        for row in batch:
            counterpart = row.from_account if row.to_account_id == account.pk else row.to_account
            yield Movement(row, signed_fen(row, account), counterpart, causes[row.pk])


Reader = Callable[[list[str]], dict[str, Cause]]


def causes_of(postings: Iterable[Posting]) -> dict[int, Cause]:
    """``{posting id: what caused it}``, one query or two for each kind of cause. Platform scope."""
    wanted: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    found: dict[int, Cause] = {}
    for posting in postings:
        name, _colon, key = posting.cause.partition(":")
        if posting.kind == Posting.Kind.TOP_UP:
            name, key = "top-up", posting.reference.split(":", 2)[-1]
        wanted[name][key].append(posting.pk)
        found[posting.pk] = Cause("other", posting.cause)
    for name, keys in wanted.items():
        causes = _READERS[name](list(keys)) if name in _READERS else {}
        found |= {pk: causes[key] for key in causes for pk in keys[key]}
    return found


def _nights(keys: list[str]) -> dict[str, Cause]:
    return {
        key: Cause("night", _("{day} 结算夜的净额，由订单行合计而来。").format(day=key), {"day": key}) for key in keys
    }


def _top_ups(keys: list[str]) -> dict[str, Cause]:
    return {key: Cause("top_up", _("充值单 {number}。").format(number=key), {"number": key}) for key in keys}


def _withdrawals(keys: list[str]) -> dict[str, Cause]:
    rows = Withdrawal.objects.filter(pk__in=_ids(keys))
    return {
        str(row.pk): Cause(
            "withdrawal",
            _("提现单 {number}，{at} 申请，现为「{status}」{reason}。").format(
                number=row.number,
                at=_moment(row.requested_at),
                status=row.get_status_display(),
                reason=_said(row.reason),
            ),
            {"id": row.public_id, "number": row.number, "status": row.status, "reason": row.reason},
        )
        for row in rows
    }


def _disputes(keys: list[str]) -> dict[str, Cause]:
    rows = list(Dispute.objects.filter(pk__in=_ids(keys)).select_related("order", "claimant", "respondent"))
    lines = _lines_of(rows)
    return {
        str(row.pk): Cause(
            "dispute",
            _("{claimant} 对 {respondent} 就订单 {no} 第 {line} 行提出的争议，现为「{status}」{reason}。").format(
                claimant=row.claimant,
                respondent=row.respondent,
                no=row.order,
                line=row.line_no,
                status=row.get_status_display(),
                reason=_said(row.reason),
            ),
            {
                "id": row.public_id,
                "order_no": row.order.order_no,
                "line_no": row.line_no,
                "status": row.status,
                "reason": row.reason,
                "decision": row.decision,
            },
            lines.get((row.order_id, row.line_no)),
        )
        for row in rows
    }


def _lines_of(disputes: list[Dispute]) -> dict[tuple[int, int], OrderLine]:
    lines = OrderLine.objects.filter(order__in={row.order_id for row in disputes})
    return {(line.order_id, line.line_no): line for line in lines}


def _tenant_holds(keys: list[str]) -> dict[str, Cause]:
    causes = {}
    for row in TenantHold.objects.filter(pk__in=_ids(keys)):
        if row.closed_at is None:
            ends = _("最迟 {at} 解除").format(at=_moment(row.expires_at))
        else:
            ends = _("{at} 已解除").format(at=_moment(row.closed_at))
        text = _("平台自 {since} 冻结账户，{ends}{reason}。").format(
            since=_moment(row.opened_at), ends=ends, reason=_said(row.reason)
        )
        until = (row.closed_at or row.expires_at).isoformat()
        facts = {"since": row.opened_at.isoformat(), "until": until, "is_open": row.closed_at is None}
        causes[str(row.pk)] = Cause("tenant_hold", text, facts | {"reason": row.reason})
    return causes


def _reserves(keys: list[str]) -> dict[str, Cause]:
    return {
        str(row.pk): Cause(
            "reserve",
            _("{day} 结算夜的风险预留 ¥{amount}，{release} 的结算夜解冻；之前的追回可先从中扣。").format(
                day=row.day, amount=yuan(row.amount_fen), release=row.release_on
            ),
            {"day": str(row.day), "release_on": str(row.release_on), "amount_fen": row.amount_fen},
        )
        for row in Reserve.objects.filter(pk__in=_ids(keys))
    }


def _rebates(keys: list[str]) -> dict[str, Cause]:
    causes = {}
    for row in Rebate.objects.filter(pk__in=_ids(keys)).select_related("result"):
        text = _("{quarter} 返点：净成交额 ¥{gmv}，{level}，评分 {score}，{mode}；由两人复核入账。").format(
            quarter=row.result.name,
            gmv=yuan(row.gmv_fen),
            level=row.get_level_display(),
            score=percent(row.score_bps),
            mode=row.get_mode_display(),
        )
        facts = {"quarter": row.result.name, "gmv_fen": row.gmv_fen, "level": row.level, "mode": row.mode}
        causes[str(row.pk)] = Cause("rebate", text, facts | {"score_bps": row.score_bps, "amount_fen": row.amount_fen})
    return causes


def _corrections(keys: list[str]) -> dict[str, Cause]:
    rows = list(Correction.objects.filter(pk__in=_ids(keys)))
    corrected = {row.corrects for row in rows if row.corrects}
    before = {posting.reference: posting for posting in Posting.objects.filter(reference__in=corrected)}
    causes = {}
    for row in rows:
        facts = {"reference": row.reference, "corrects": row.corrects or None, "reason": row.cause}
        posting = before.get(row.corrects)
        if posting is None:
            text = _("平台更正，两人复核{reason}。").format(reason=_said(row.cause))
        else:
            text = _("冲正 {day} 的「{kind}」¥{amount}，两人复核{reason}。").format(
                day=posting.day,
                kind=posting.get_kind_display(),
                amount=yuan(posting.amount_fen),
                reason=_said(row.cause),
            )
        causes[str(row.pk)] = Cause("correction", text, facts)
    return causes


_READERS: dict[str, Reader] = {
    "run": _nights,
    "top-up": _top_ups,
    "withdrawal": _withdrawals,
    "dispute": _disputes,
    "tenant-hold": _tenant_holds,
    "reserve": _reserves,
    "correction": _corrections,
    "rebate": _rebates,
}


def _ids(keys: list[str]) -> list[int]:
    return [int(key) for key in keys if key.isdecimal()]


def _moment(at: Any) -> str:
    return f"{at.astimezone(days.SHANGHAI):%Y-%m-%d %H:%M}"


def _said(reason: str) -> str:
    """A reason as the end of a sentence; nothing where none was given."""
    return _("（原因：{reason}）").format(reason=reason) if reason else ""
