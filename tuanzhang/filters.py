"""What lists of activities and enrolments may be narrowed by. The state stands in the address."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.fields import SearchFilter
from tuanzhang.models import Activity, Enrolment, Recommendation, SecondLevel


class ActivityFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("标题或编号"), columns=("title", "code__exact"))
    type = django_filters.ChoiceFilter(label=_("类型"), choices=Activity.Type.choices, empty_label=_("全部类型"))
    state = django_filters.ChoiceFilter(
        label=_("状态"),
        method="in_state",
        choices=[choice for choice in Activity.State.choices if choice[0] != Activity.State.DELETED],
        empty_label=_("全部状态"),
    )

    class Meta:
        model = Activity
        fields: list[str] = []

    def in_state(self, activities: QuerySet, name: str, state: str) -> QuerySet:
        return activities.in_state(state, days.now())


class OpenActivityFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("标题或团长"), columns=("title", "leader__name"))
    type = django_filters.ChoiceFilter(label=_("类型"), choices=Activity.Type.choices, empty_label=_("全部类型"))

    class Meta:
        model = Activity
        fields: list[str] = []


class EnrolmentFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("商品"), columns=("product__title", "product__code__exact"))
    state = django_filters.ChoiceFilter(
        label=_("状态"), method="in_state", choices=Enrolment.State.choices, empty_label=_("全部状态")
    )

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def in_state(self, enrolments: QuerySet, name: str, state: str) -> QuerySet:
        return enrolments.in_state(state, days.now())


class ItemFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("商品或商家"), method="matching")

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def matching(self, enrolments: QuerySet, name: str, words: str) -> QuerySet:
        return enrolments.about(words)


class SecondLevelFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(label=_("状态"), choices=SecondLevel.Status.choices, empty_label=_("全部状态"))

    class Meta:
        model = SecondLevel
        fields: list[str] = []


class RecommendationFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("推荐语"), columns=("note",))
    audience = django_filters.ChoiceFilter(
        label=_("推荐给"), choices=Recommendation.Audience.choices, empty_label=_("不限")
    )

    class Meta:
        model = Recommendation
        fields: list[str] = []
