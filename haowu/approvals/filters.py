"""What a party may narrow its trail by."""

import django_filters
from django.utils.translation import gettext_lazy as _

from haowu.approvals.models import Trail
from haowu.approvals.words import Act, Subject
from haowu.ground.fields import DayFilter, SearchFilter


class TrailFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("对象编号"), field_name="subject")
    subject_kind = django_filters.ChoiceFilter(label=_("对象类型"), choices=Subject.choices, empty_label=_("全部类型"))
    act = django_filters.ChoiceFilter(label=_("动作"), choices=Act.choices, empty_label=_("全部动作"))
    day_from = DayFilter(label=_("从"), field_name="day", lookup_expr="gte")
    day_to = DayFilter(label=_("到"), field_name="day", lookup_expr="lte")

    class Meta:
        model = Trail
        fields: list[str] = []
