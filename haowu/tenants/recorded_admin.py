"""Rows that staff edit by form: what they add, change and delete goes into the trail."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from haowu.ground import days
from haowu.tenants import recording

HIDDEN = "***"
"""Stands for personal data and secrets: that they changed is written, not from what to what."""


class RecordedAdmin(admin.ModelAdmin):
    """``subject_kind`` and ``subject_of`` name a row in the trail, ``party_of`` whose it is; ``inline_kinds`` likewise
    names the rows of inlines, whose models say ``trail_subject`` and ``tenant_id``."""

    subject_kind: ClassVar[str]
    inline_kinds: ClassVar[dict[type[Model], str]] = {}
    hidden: ClassVar[frozenset[str]] = frozenset()
    unrecorded: ClassVar[frozenset[str]] = frozenset({"id", "created_at"})

    def subject_of(self, row: Any) -> object:
        return row.pk

    def party_of(self, row: Any) -> int | None:
        return None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        stored = type(obj)._base_manager.filter(pk=obj.pk).first() if change else None
        request.facts_before = self._facts(stored, form) if stored else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before, after = request.facts_before, self._facts(form.instance, form)
        changed = [name for name in after if after[name] != before.get(name)]
        if not change:
            changed = [name for name in changed if after[name] not in (None, "", [])]
        if changed:
            details = {"before": self._readable(before, changed), "after": self._readable(after, changed)}
            self._record(request, "changed" if change else "created", form.instance, **details)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        kind = self.inline_kinds.get(formset.model)
        if kind is None:
            return
        moved = [("added", row) for row in formset.new_objects]
        moved += [("changed", row) for row, _names in formset.changed_objects]
        for act, row in [*moved, *(("removed", row) for row in formset.deleted_objects)]:
            _record(request, act, kind, row.trail_subject, row.tenant_id, after=row.trail_facts)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record(request, "deleted", obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for row in queryset:
            self._record(request, "deleted", row)
        super().delete_queryset(request, queryset)

    def _record(self, request: HttpRequest, act: str, row: Any, **details: Any) -> None:
        _record(request, act, self.subject_kind, self.subject_of(row), self.party_of(row), **details)

    def _facts(self, row: Any, form: Any) -> dict[str, Any]:
        """Its columns, and the names of what it points at many of where the form may change those."""
        columns = {field.attname: getattr(row, field.attname) for field in self.opts.concrete_fields}
        many = {
            field.name: sorted(map(str, getattr(row, field.name).all()))
            for field in self.opts.many_to_many
            if field.name in form.fields
        }
        return {name: value for name, value in (columns | many).items() if name not in self.unrecorded}

    def _readable(self, known: dict[str, Any], names: list[str]) -> dict[str, Any]:
        return {name: HIDDEN if name in self.hidden else known[name] for name in names if name in known}


def _record(request: HttpRequest, act: str, kind: str, subject: object, party: int | None, **details: Any) -> None:
    recording.record(act, kind, subject, at=days.now(), by=request.user, tenant=party, **details)
