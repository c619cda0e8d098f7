"""What staff type into in the admin, each part of it with a name that a screen reader says."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from haowu.ground import inputs

ACTS = {"view": _("查看"), "add": _("新建"), "change": _("修改"), "delete": _("删除")}


class KeySelect(AutocompleteSelect):
    """Django's looks up whatever was posted when it shows a form again, and fails where that is no key at all."""

    def __init__(self, field: Any, admin_site: Any, **options: Any) -> None:
        # Its script draws a box of its own, which is named by nothing but this.
        super().__init__(field, admin_site, attrs={"title": field.verbose_name}, **options)

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list:
        return super().optgroups(name, [each for each in value if _may_be_key(each)], attr)


class DayAndTime(AdminSplitDateTime):
    """Two fields under one label."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, (_("日期"), _("时间")), strict=True):
            widget.attrs["aria-label"] = name


class PermissionChoices(forms.ModelMultipleChoiceField):
    """What a member of staff may do, in the reader's language: by kind of row, then what may be done with it."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset: QuerySet[Permission], **options: Any) -> None:
        rows = queryset.select_related("content_type").order_by("content_type__app_label", "content_type__model", "pk")
        super().__init__(rows, **options)

    def label_from_instance(self, row: Permission) -> str:
        act, _underscore, model = row.codename.partition("_")
        what = ACTS.get(act) if model == row.content_type.model else None
        return f"{row.content_type.name}: {what or gettext(row.name)}"


def _may_be_key(text: str) -> bool:
    try:
        return bool(inputs.whole_text(text, high=2**63 - 1))
    except inputs.InputInvalid:
        return False
