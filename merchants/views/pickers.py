"""Products as options of a picker: a merchant's own in every state, what is listed for everybody else."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from haowu.tenants.pickers import Option, PickerView
from haowu.web.templatetags.trade import yuan
from merchants.models import Product


class ProductPicker(PickerView):
    names = ("title",)
    looks = "good"

    def queryset(self) -> QuerySet[Product]:
        shown = Product.objects.visible_to(self.request.tenant).with_offer_facts()
        return shown.prefetch_related("images").newest_first()

    def offer(self, rows: Sequence[Product]) -> list[Option]:
        return [
            Option(row, row.code, str(row), str(row.get_status_display()), [(_("售价"), yuan(row.price_fen))])
            for row in rows
        ]
