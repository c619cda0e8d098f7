"""Notices: what others did to what is a tenant's, read from the trail. Members read it, silence it, have it mailed.

Nothing is written when something happens: the trail row is the notice. Rows of one request are shown as one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import Exists, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from haowu.approvals import naming, reading
from haowu.approvals.models import NoticeSetting, Trail, TrailQuerySet
from haowu.approvals.naming import Thing
from haowu.approvals.words import Subject, act_label, subject_label
from haowu.ground import days
from haowu.tenants.models import Tenant, User

NEW_FOR = timedelta(days=7)
"""What counts as unread for a member who never opened the list."""
AT_MOST = 99
"""The bell counts no further."""
ROWS_OF_A_PAGE = 120
ROWS_OF_A_MAIL = 500


class NoticeType(models.TextChoices):
    MONEY = "money", gettext_lazy("钱")
    GOODS = "goods", gettext_lazy("商品和计划")
    ACTIVITIES = "activities", gettext_lazy("招商活动")
    BASES = "bases", gettext_lazy("基地和库存")
    LEVELS = "levels", gettext_lazy("等级和权限")
    SHOP = "shop", gettext_lazy("成员和资料")


_SUBJECTS = {
    NoticeType.MONEY: (
        Subject.WITHDRAWAL,
        Subject.DISPUTE,
        Subject.REBATE,
        Subject.CORRECTION,
        Subject.LINE_HOLD,
        Subject.TENANT_HOLD,
        Subject.RESETTLEMENT,
    ),
    NoticeType.GOODS: (Subject.PRODUCT, Subject.PLAN, Subject.CATEGORY),
    NoticeType.ACTIVITIES: (Subject.ACTIVITY, Subject.ENROLMENT, Subject.CHANGE_REQUEST, Subject.SECOND_LEVEL),
    NoticeType.BASES: (
        Subject.BASE,
        Subject.BASE_APPLICATION,
        Subject.BRAND,
        Subject.CONSENT,
        Subject.FEED,
        Subject.INTRODUCTION,
    ),
    NoticeType.LEVELS: (Subject.APPEAL, Subject.PERMISSION, Subject.READMISSION),
    NoticeType.SHOP: (
        Subject.MEMBERSHIP,
        Subject.PERSONAL_RECORD,
        Subject.API_CLIENT,
        Subject.ENGAGEMENT,
        Subject.SHOP,
        Subject.TENANT,
    ),
}
TYPE_OF = {subject.value: type for type, subjects in _SUBJECTS.items() for subject in subjects}


@dataclass(frozen=True)
class Notice:
    """What one request did to things of one kind. ``row`` is the newest of its rows, ``number`` how many there are."""

    row: Trail
    number: int
    who: reading.Who
    is_new: bool
    thing: Thing

    @property
    def url(self) -> str:
        return self.thing.url

    @property
    def type(self) -> str:
        return str(NoticeType(TYPE_OF[self.row.subject_kind]).label)

    @property
    def sentence(self) -> str:
        said = {"who": self.who.name, "act": act_label(self.row.act), "what": subject_label(self.row.subject_kind)}
        if self.number == 1:
            return _("{who} {act}{what} {name}").format(name=self.thing.name, **said).rstrip()
        many = ngettext("{who} {act}了 {n} 项{what}", "{who} {act}了 {n} 项{what}", self.number)
        return many.format(n=self.number, **said)


@dataclass(frozen=True)
class Page:
    notices: list[Notice]
    next_before: int | None


def setting_of(user: User, tenant: Tenant) -> NoticeSetting:
    """The member's own, or what holds for one who never said anything (not saved)."""
    return NoticeSetting.objects.of(user, tenant).first() or NoticeSetting(user=user, tenant=tenant)


def unread(user: User, tenant: Tenant) -> int:
    """How many rows wait behind the bell, ``AT_MOST`` + 1 for more."""
    return unread_rows(user, tenant).count()


def unread_rows(user: User, tenant: Tenant) -> TrailQuerySet:
    """What waits behind the bell, no more than ``AT_MOST`` + 1 of it. One question: every page of the console asks."""
    mine = NoticeSetting.objects.of(user, tenant)
    heard = Q()
    for type in NoticeType.values:
        kinds = [kind for kind, its_type in TYPE_OF.items() if its_type == type]
        heard |= Q(~Exists(mine.filter(silent__contains=[type])), subject_kind__in=kinds)
    never_read = Q(~Exists(mine.filter(read_through__gt=0)), recorded_at__gte=days.now() - NEW_FOR)
    is_new = never_read | Q(pk__gt=Subquery(mine.filter(read_through__gt=0).values("read_through")))
    return Trail.objects.by_others(tenant).filter(heard, is_new)[: AT_MOST + 1]


def page(user: User, tenant: Tenant, before: int | None = None) -> Page:
    """Newest first, from the row ``before`` on."""
    setting = setting_of(user, tenant)
    rows = _rows(setting).select_related("acting_for").newest_first()
    found = list((rows.filter(pk__lt=before) if before else rows)[:ROWS_OF_A_PAGE])
    more = found[-1].pk if len(found) == ROWS_OF_A_PAGE else None
    return Page(list(_notices(found, setting)), more)


def mark_read(user: User, tenant: Tenant) -> None:
    newest = Trail.objects.by_others(tenant).newest_first().values_list("pk", flat=True).first() or 0
    NoticeSetting.objects.update_or_create(user=user, tenant=tenant, defaults={"read_through": newest})


def change(user: User, tenant: Tenant, *, silent: Iterable[str], mailed: Iterable[str]) -> None:
    """Mail begins with what happens from now on."""
    known = set(NoticeType.values)
    newest = Trail.objects.by_others(tenant).newest_first().values_list("pk", flat=True).first() or 0
    chosen: dict[str, Any] = {"silent": sorted(known & set(silent)), "mailed": sorted(known & set(mailed))}
    setting, is_created = NoticeSetting.objects.get_or_create(
        user=user, tenant=tenant, defaults=chosen | {"mailed_through": newest}
    )
    if not is_created:
        if not setting.mailed:
            chosen["mailed_through"] = newest
        NoticeSetting.objects.filter(pk=setting.pk).update(**chosen)


def mail_new() -> int:
    """One mail to each member who wants mail and has something new. Platform scope. Returns how many were sent.

    What was sent is remembered after the mail has left: a mail server that fails in between sends it again.
    """
    return sum(_mail(setting) for setting in NoticeSetting.objects.with_mail())


def _mail(setting: NoticeSetting) -> int:
    wanted = [kind for kind, type in TYPE_OF.items() if type in setting.mailed]
    rows = Trail.objects.by_others(setting.tenant).filter(subject_kind__in=wanted, pk__gt=setting.mailed_through)
    found = list(rows.select_related("acting_for").order_by("pk")[:ROWS_OF_A_MAIL])
    if not found:
        return 0
    lines = [f"{notice.row.at:%m-%d %H:%M}  {notice.sentence}" for notice in _notices(found, setting)]
    subject = ngettext("{tenant}：{n} 条新通知", "{tenant}：{n} 条新通知", len(lines)).format(
        tenant=setting.tenant.name, n=len(lines)
    )
    EmailMessage(subject, "\n".join(lines), to=[setting.user.email]).send()
    with transaction.atomic():
        NoticeSetting.objects.filter(pk=setting.pk).update(mailed_through=found[-1].pk)
    return 1


def _rows(setting: NoticeSetting) -> TrailQuerySet:
    heard = [kind for kind, type in TYPE_OF.items() if type not in setting.silent]
    return Trail.objects.by_others(setting.tenant).filter(subject_kind__in=heard)


def _notices(rows: list[Trail], setting: NoticeSetting) -> Iterator[Notice]:
    things = naming.things(rows, setting.tenant)
    for _same, group in groupby(rows, key=lambda row: (row.request_id, row.act, row.subject_kind)):
        members = list(group)
        first = members[0]
        is_new = first.pk > setting.read_through if setting.read_through else first.recorded_at >= days.now() - NEW_FOR
        thing = things.get((first.subject_kind, first.subject), Thing(_name(first, setting.tenant)))
        yield Notice(first, len(members), reading.who(first, setting.tenant), is_new, thing)


def _name(row: Trail, tenant: Tenant) -> str:
    """A subject begins with the kind and code of whose it is; a reader knows who he is."""
    return row.subject.removeprefix(tenant.trail_subject).lstrip("/")
