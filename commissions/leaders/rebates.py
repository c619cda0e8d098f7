"""Rebates of a quarter: proposed from its closed levels, looked through, posted by a second person (rulebook §12).

Paid from the platform's rebate account to what each leader has available. A paid rebate stands: a refund after the
quarter lowers the next quarter's GMV.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from commissions.cases.casework import act, locked, note
from commissions.models import Rebate, RebateBatch
from commissions.orders.calendar import ledger_day
from haowu.approvals.rules import require_reason, require_staff, second_person
from haowu.approvals.trail import facts
from haowu.approvals.words import Act
from haowu.ground.bulk import insert_rows
from haowu.ground.errors import Refused
from haowu.ledger.books import Transfer, open_accounts, open_accounts_of, platform, post
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import User
from tuanzhang import levels, periods
from tuanzhang.models import Appeal, QuarterLevel


class NothingToRebate(Refused):
    code = "NOTHING_TO_REBATE"
    text = _("{quarter} 没有可以提出的返点：等级尚未评定、申诉期未过或申诉未决，或都已提出。")
    status = 409


class RebatesChanged(Refused):
    code = "REBATES_CHANGED"
    text = _("提出后有 {count} 位团长的结果被修订或提出申诉，如 {leader}。请驳回这一批并重新提出。")
    status = 409


@dataclass(frozen=True)
class Line:
    """One leader's rebate as it would be proposed now."""

    result: QuarterLevel
    amount_fen: int


def preview(quarter: date, *, at: datetime) -> list[Line]:
    """What would be proposed now, by leader: nothing is written. Platform scope.

    Left out: who may still appeal or has an open appeal, who has a rebate of the quarter, and rebates of nothing.
    """
    results = (
        QuarterLevel.objects.of_quarter(quarter).last_revisions().select_related("policy", "leader").order_by("leader")
    )
    proposed = set(Rebate.objects.of_quarter(quarter).filter(is_live=True).values_list("leader_id", flat=True))
    appealing = set(Appeal.objects.of_quarter(quarter).open().values_list("leader_id", flat=True))
    lines = [
        Line(result, rebate_of(result))
        for result in results
        if result.leader_id not in proposed and result.leader_id not in appealing and _is_settled(result, at)
    ]
    return [line for line in lines if line.amount_fen > 0]


def rebate_of(result: QuarterLevel) -> int:
    """In fen, by the policy that the quarter was closed under."""
    policy = result.policy
    return levels.rebate_fen(
        result.gmv_fen, levels.LeaderLevel(result.level), result.score_bps, levels.Mode(policy.mode), policy.steps
    )


def bands_of(result: QuarterLevel) -> list[levels.Band]:
    """What of its GMV is rebated at which rate, before the score."""
    policy = result.policy
    return levels.bands(result.gmv_fen, levels.LeaderLevel(result.level), levels.Mode(policy.mode), policy.steps)


def _is_settled(result: QuarterLevel, at: datetime) -> bool:
    """A first result may be appealed against for a while; a revision is what an appeal came to."""
    return result.revision > 0 or at >= result.appeal_until


@act
def propose(quarter: date, *, by: User, at: datetime) -> RebateBatch:
    """Put the rebates of ``quarter`` that can be paid into a batch for a second person. NothingToRebate if none."""
    require_staff(by)
    lines = preview(quarter, at=at)
    if not lines:
        raise NothingToRebate(quarter=periods.quarter_name(quarter))
    try:
        with transaction.atomic():
            batch = RebateBatch.objects.create(
                quarter=quarter,
                count=len(lines),
                gmv_fen=sum(line.result.gmv_fen for line in lines),
                sum_fen=sum(line.amount_fen for line in lines),
                made_by=by,
                made_at=at,
            )
            insert_rows(Rebate, [_row(batch, line) for line in lines])
    except IntegrityError:  # somebody else proposed them meanwhile, or a batch of the quarter waits
        raise NothingToRebate(quarter=periods.quarter_name(quarter)) from None
    wanted = facts(batch, "status", "quarter", "count", "gmv_fen", "sum_fen")
    note(batch, Act.PROPOSED, by=by, at=at, reason=batch.name, after=wanted)
    return batch


def _row(batch: RebateBatch, line: Line) -> dict:
    result = line.result
    return {
        "batch_id": batch.pk,
        "leader_id": result.leader_id,
        "quarter": result.quarter,
        "result_id": result.pk,
        "gmv_fen": result.gmv_fen,
        "level": result.level,
        "score_bps": result.score_bps,
        "mode": result.policy.mode,
        "amount_fen": line.amount_fen,
        "is_live": True,
        "posted_on": None,
    }


@act
def approve(batch: RebateBatch, *, by: User, at: datetime) -> None:
    """A second person agrees: every rebate of it is posted, once. RebatesChanged where a result no longer holds."""
    day = ledger_day(at)
    current = locked(batch)
    second_person(current.made_by_id, by)
    current.move("post", checked_by=by, checked_at=at, day=day)
    rebates = list(current.rebates.select_related("leader").order_by("leader"))
    _require_unchanged(rebates)
    current.rebates.update(posted_on=day)
    house = (platform().pk, Account.Kind.REBATES)
    source = open_accounts([house])[house]
    open_accounts_of(f"SELECT leader_id, 'available' FROM commissions_rebate WHERE batch_id = {current.pk:d}")
    owners = [rebate.leader_id for rebate in rebates]
    accounts = dict(
        Account.objects.filter(owner__in=owners, kind=Account.Kind.AVAILABLE, code="").values_list("owner_id", "pk")
    )
    post(
        [
            Transfer(
                source,
                accounts[rebate.leader_id],
                rebate.amount_fen,
                Posting.Kind.REBATE,
                rebate.reference,
                rebate.cause,
            )
            for rebate in rebates
        ],
        day=day,
    )
    note(current, Act.APPROVED, by=by, at=at, reason=current.name)


def _require_unchanged(rebates: list[Rebate]) -> None:
    quarter = rebates[0].quarter
    latest = set(QuarterLevel.objects.of_quarter(quarter).last_revisions().values_list("pk", flat=True))
    appealing = set(Appeal.objects.of_quarter(quarter).open().values_list("leader_id", flat=True))
    changed = [each for each in rebates if each.result_id not in latest or each.leader_id in appealing]
    if changed:
        raise RebatesChanged(count=len(changed), leader=changed[0].leader.name)


@act
def refuse(batch: RebateBatch, reason: str, *, by: User, at: datetime) -> None:
    """Nobody is paid; its rebates may be proposed again. Also by who proposed it."""
    require_staff(by)
    require_reason(reason)
    current = locked(batch)
    current.move("refuse")
    current.rebates.update(is_live=False)
    note(current, Act.REJECTED, by=by, at=at, reason=reason)
