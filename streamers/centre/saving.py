"""Filters and a sort that a streamer keeps under a name."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant
from streamers.centre.filters import Filters
from streamers.models import SavedView

MOST = 20


class ViewNameTaken(Refused):
    code = "VIEW_NAME_TAKEN"
    text = _("你已有名为「{name}」的筛选。请换一个名称，或先删除原来的。")
    status = 409


class TooManyViews(Refused):
    code = "TOO_MANY_VIEWS"
    text = _("最多保存 {most} 个筛选。请先删除一个。")


@transaction.atomic
def keep_view(streamer: Tenant, name: str, filters: Filters) -> SavedView:
    """Keep ``filters`` under ``name``, which the streamer's other views do not have."""
    list(Tenant.objects.select_for_update(no_key=True).filter(pk=streamer.pk))
    mine = SavedView.objects.visible_to(streamer)
    if mine.filter(name=name).exists():
        raise ViewNameTaken(name=name)
    if mine.count() >= MOST:
        raise TooManyViews(most=MOST)
    return SavedView.objects.create(streamer=streamer, name=name, query=filters.query_string())
