"""Leaders as options of a picker: whom a leader lets join, whom a streamer asks for goods."""

from collections.abc import Sequence

from django.db.models import QuerySet

from haowu.tenants.models import Tenant
from haowu.tenants.pickers import Option, PickerView


class LeaderPicker(PickerView):
    def queryset(self) -> QuerySet[Tenant]:
        return Tenant.objects.of_kind(Tenant.Kind.TUANZHANG).exclude(pk=self.request.tenant.pk).order_by("name", "pk")

    def offer(self, rows: Sequence[Tenant]) -> list[Option]:
        return [Option(row, row.code, row.name) for row in rows]
