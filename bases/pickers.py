"""Brands as options of a picker. They are public."""

from collections.abc import Sequence

from django.db.models import QuerySet

from bases.models import Brand
from haowu.tenants.pickers import Option, PickerView


class BrandPicker(PickerView):
    def queryset(self) -> QuerySet[Brand]:
        return Brand.objects.by_name()

    def offer(self, rows: Sequence[Brand]) -> list[Option]:
        return [Option(row, row.code, row.name) for row in rows]
