"""Views of lists that a member keeps under a name, and the columns that he wants to see. Each is its member's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused
from haowu.tenants.models import SavedView, Tenant, User
from haowu.tenants.models.kept import SavedViewQuerySet

MOST = 20
"""Of one list."""
QUERY_LENGTH = 1000
NOT_KEPT = ("after", "page", "file")
"""What an address says of one page of a list rather than of the list."""


class ViewNameTaken(Refused):
    code = "VIEW_NAME_TAKEN"
    text = _("你已有名为「{name}」的视图。请换一个名称，或先删除原来的。")
    status = 409


class TooManyViews(Refused):
    code = "TOO_MANY_VIEWS"
    text = _("一个列表最多存 {most} 个视图。请先删除一个。")
    status = 409


class ViewTooLong(Refused):
    code = "VIEW_TOO_LONG"
    text = _("筛选的内容太长，存不下。请少选几项。")


@dataclass(frozen=True)
class Kept:
    """What a member keeps of one list. ``hidden`` None: he never chose its columns."""

    views: Sequence[SavedView]
    hidden: frozenset[str] | None


def kept(tenant: Tenant, user: User, page: str) -> Kept:
    """In one query."""
    rows = list(SavedView.objects.visible_to(tenant).of(user).of_list(page).in_order())
    chosen = next((row for row in rows if not row.name), None)
    return Kept([row for row in rows if row.name], None if chosen is None else frozenset(chosen.hidden))


@transaction.atomic
def keep_view(tenant: Tenant, user: User, page: str, name: str, query: str) -> SavedView:
    """Keep ``query`` of the list ``page`` under ``name``, which the member's other views of it do not have."""
    written = canonical(query)
    if len(written) > QUERY_LENGTH:
        raise ViewTooLong
    mine = _locked(tenant, user).of_list(page).with_a_name()
    if mine.filter(name=name).exists():
        raise ViewNameTaken(name=name)
    if mine.count() >= MOST:
        raise TooManyViews(most=MOST)
    return SavedView.objects.create(tenant=tenant, user=user, page=page, name=name, query=written)


@transaction.atomic
def rename_view(view: SavedView, name: str) -> None:
    others = _locked(view.tenant, view.user).of_list(view.page).with_a_name().exclude(pk=view.pk)
    if others.filter(name=name).exists():
        raise ViewNameTaken(name=name)
    view.name = name
    view.save(update_fields=["name"])


def remove_view(view: SavedView) -> None:
    view.delete()


def choose_columns(tenant: Tenant, user: User, page: str, hidden: Iterable[str]) -> None:
    """Show the list ``page`` without the columns ``hidden`` from now on."""
    facts = {"tenant": tenant, "user": user, "page": page, "name": ""}
    SavedView.objects.update_or_create(**facts, defaults={"hidden": sorted(hidden)})


def canonical(query: str) -> str:
    """A query string in one order, so that the same filters are the same text; without empty ones and pages."""
    read = QueryDict(query.lstrip("?"), mutable=True)
    for name in list(read):
        values = [value for value in read.getlist(name) if value]
        if name in NOT_KEPT or not values:
            del read[name]
        else:
            read.setlist(name, values)
    written = QueryDict(mutable=True)
    for name in sorted(read):
        written.setlist(name, read.getlist(name))
    return written.urlencode()


def _locked(tenant: Tenant, user: User) -> SavedViewQuerySet:
    """The member's views, which nobody else adds to until the transaction ends."""
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk))
    return SavedView.objects.visible_to(tenant).of(user)
