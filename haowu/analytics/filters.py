"""What a leader's figures may be narrowed by."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commissions.models import OrderLine
from haowu.analytics.leaders import effect
from haowu.ground.fields import SearchFilter
from tuanzhang.models import Activity

CHOICES = 100


def own_activities(request: HttpRequest | None) -> QuerySet[Activity]:
    """The newest activities of who asks."""
    if request is None:
        return Activity.objects.none()
    return Activity.objects.visible_to(request.tenant).of_leader(request.tenant).newest_first()


class EffectFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("商品或商家"), method="matching")
    activity = django_filters.ModelChoiceFilter(
        label=_("活动"), queryset=own_activities, to_field_name="code", empty_label=_("全部活动"), method="in_activity"
    )

    class Meta:
        model = OrderLine
        fields: list[str] = []

    def matching(self, rows: QuerySet, name: str, words: str) -> QuerySet:
        return effect.about(rows, words)

    def in_activity(self, rows: QuerySet, name: str, activity: Activity) -> QuerySet:
        return rows.filter(activity=activity.code)
