"""Bank accounts and identity numbers: recorded sealed, shown masked, opened only for a reason that is written down."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.tenants import recording
from haowu.tenants.models import PersonalDataAccess, PersonalRecord, Tenant, User
from haowu.tenants.sealing import keyring

ROTATED_AT_ONCE = 500


class BankAccountInvalid(Refused):
    code = "BANK_ACCOUNT_INVALID"
    text = _("收款账户不完整：请填写户名、开户银行和 8 到 30 位数字的账号。")


class IdentityInvalid(Refused):
    code = "IDENTITY_INVALID"
    text = _("身份证号须为 18 位且校验位正确，姓名不能为空。请核对证件后重填。")


class ReasonNeeded(Refused):
    code = "REASON_NEEDED"
    text = _("查看完整资料须写明原因，原因会记入访问日志。")


@dataclass(frozen=True)
class BankAccount:
    """Where a party is paid. ``repr`` shows what anybody may see."""

    kind: ClassVar[str] = PersonalRecord.Kind.BANK_ACCOUNT
    holder: str = field(repr=False)
    bank: str
    number: str = field(repr=False)

    def checked(self) -> "BankAccount":
        """The same, written evenly; BankAccountInvalid where something is missing."""
        number = re.sub(r"[\s-]", "", self.number)
        tidy = BankAccount(_tidy(self.holder), _tidy(self.bank), number)
        if not re.fullmatch(r"[0-9]{8,30}", number) or not (0 < len(tidy.holder) <= 60 and 0 < len(tidy.bank) <= 60):
            raise BankAccountInvalid()
        return tidy

    @property
    def masked(self) -> str:
        return f"{self.holder[0]}** · {self.bank} · **** {self.number[-4:]}"


@dataclass(frozen=True)
class Identity:
    """A resident's identity card."""

    kind: ClassVar[str] = PersonalRecord.Kind.IDENTITY
    name: str = field(repr=False)
    number: str = field(repr=False)

    def checked(self) -> "Identity":
        """The same, written evenly; IdentityInvalid by the check digit of GB 11643, or a birthday that is no day.

        Not by the county: people keep the numbers of counties that are no more, and new ones come every year.
        """
        tidy = Identity(_tidy(self.name), _tidy(self.number).upper())
        if not 0 < len(tidy.name) <= 60 or not re.fullmatch(r"[0-9]{17}[0-9X]", tidy.number):
            raise IdentityInvalid()
        try:
            ric.get_birth_date(tidy.number)
        except InvalidComponent as error:
            raise IdentityInvalid() from error
        if ric.calc_check_digit(tidy.number) != tidy.number[17]:
            raise IdentityInvalid()
        return tidy

    @property
    def masked(self) -> str:
        return f"{self.name[0]}** · {self.number[0]}{'*' * 16}{self.number[-1]}"


Facts = BankAccount | Identity
KINDS: dict[str, type[Facts]] = {facts.kind: facts for facts in (BankAccount, Identity)}


@transaction.atomic
def record(tenant: Tenant, facts: Facts, *, by: User | None, at: datetime) -> PersonalRecord:
    """Keep ``facts`` as the current ones of their kind; the same again changes nothing.

    What they replace is retired and stays, since payouts point at it.
    """
    facts = facts.checked()
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    current = PersonalRecord.objects.visible_to(tenant).current(facts.kind)
    if current and _opened(current) == facts:
        return current
    if current:
        current.retire(at)
    ring = keyring()
    kept = PersonalRecord.objects.create(
        tenant=tenant,
        kind=facts.kind,
        masked=facts.masked,
        key_id=ring.current,
        sealed=ring.seal(_written(facts), bound_to=PersonalRecord.binding(tenant.pk, facts.kind)),
        recorded_by=by,
        recorded_at=at,
    )
    changed = {"before": {"masked": current.masked} if current else {}, "after": {"masked": kept.masked}}
    who = {"by": by, "tenant": tenant, "acting_for": tenant}
    recording.record("recorded", "personal-record", facts.kind, at=at, **who, **changed)
    return kept


def reveal(record: PersonalRecord, *, by: User | None, who: str = "", reason: str, at: datetime) -> Facts:
    """The record in full, for one person and one reason."""
    (facts,) = reveal_many([record], by=by, who=who, reason=reason, at=at)
    return facts


@transaction.atomic
def reveal_many(
    records: Iterable[PersonalRecord], *, by: User | None, who: str = "", reason: str, at: datetime
) -> list[Facts]:
    """``records`` in full, in their order, each with its line in the access log. ReasonNeeded without a reason.

    ``who`` names a caller that is no user of the platform, such as the command line's.
    """
    reason, who = _tidy(reason)[:200], (by.get_username() if by else who).strip()
    if not reason or not who:
        raise ReasonNeeded()
    records = list(records)
    PersonalDataAccess.objects.bulk_create(
        PersonalDataAccess(record=record, tenant_id=record.tenant_id, by=by, who=who, reason=reason, at=at)
        for record in records
    )
    return [_opened(record) for record in records]


def rotate(at_once: int = ROTATED_AT_ONCE) -> Iterator[int]:
    """Seal with the current key what others sealed; yields how many after each batch, which is a transaction.

    May be stopped, repeated and run twice at a time. Platform scope.
    """
    while done := _rotate_batch(at_once):
        yield done


@transaction.atomic
def _rotate_batch(at_once: int) -> int:
    ring = keyring()
    waiting = PersonalRecord.objects.select_for_update(no_key=True, skip_locked=True).sealed_by_others(ring.current)
    records = list(waiting.order_by("pk")[:at_once])
    for record in records:
        plain = ring.open(bytes(record.sealed), key_id=record.key_id, bound_to=record.bound_to)
        record.sealed, record.key_id = ring.seal(plain, bound_to=record.bound_to), ring.current
    PersonalRecord.objects.bulk_update(records, ["sealed", "key_id"])
    if records:
        after = {"key_id": ring.current, "records": len(records)}
        recording.record("changed", "personal-record", "sealing-key", at=days.now(), after=after)
    return len(records)


def _opened(record: PersonalRecord) -> Facts:
    plain = keyring().open(bytes(record.sealed), key_id=record.key_id, bound_to=record.bound_to)
    return KINDS[record.kind](**json.loads(plain))


def _written(facts: Facts) -> bytes:
    return json.dumps(asdict(facts), ensure_ascii=False).encode()


def _tidy(text: str) -> str:
    """Without control characters; runs of blanks as one."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
