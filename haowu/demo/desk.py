"""What lies on the desk of the demo's merchant: saved views, and a table of products half of which is to be mended."""

from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.ground.tables import Column, Table, csv_lines
from haowu.tenants import saved_views
from haowu.tenants.models import Tenant, User
from merchants.importing import applying
from merchants.importing.columns import file_columns, rows_of
from merchants.models import Product, ProductUpload

SENT = 24
"""Products of the table."""
VIEWS = (
    ("products", gettext_lazy("缺货要补"), "view=out"),
    ("products", gettext_lazy("百元以上"), "price_from=100&sort=price_down"),
    ("orders", gettext_lazy("还没收货"), "status=awaiting"),
)


def furnish(user: User, *, at: datetime) -> None:
    """For the merchant whose member ``user`` is. What is there already stays."""
    shop = Tenant.objects.of_member(user).of_kind(Tenant.Kind.MERCHANT).first()
    if shop is None:
        return
    kept = {view.name for view in saved_views.SavedView.objects.visible_to(shop).of(user)}
    for page, name, query in VIEWS:
        if name not in kept:
            saved_views.keep_view(shop, user, page, str(name), query)
    if not ProductUpload.objects.visible_to(shop).kept(at).exists():
        applying.keep_upload(shop, _table(shop), by=user, at=at)


def _table(shop: Tenant) -> SimpleUploadedFile:
    """Rows as they were exported: a third with another price, a third that cannot be used, two of new goods."""
    products = list(Product.objects.visible_to(shop).newest_first()[:SENT])
    prefetch_related_objects(products, "skus", "category__parent__parent", "brand")
    rows = []
    for number, row in enumerate(rows_of(products)):
        code, title, category, brand, text, sku, spec, price, stock = row
        if number % 3 == 1:
            price = price - 2 if price > 10 else price + 1
        if number % 6 == 2:
            price = _("面议")
        if number % 6 == 5:
            category = _("没有的类目")
        rows.append((code, title, category, brand, text, sku, spec, price, stock))
    rows.append(("NEW-1", _("手绘青花盖碗"), "", "", "", "NEW-1", "150 ml", 129, 80))
    rows.append(("NEW-2", "", "", "", "", "NEW-2", "", 69, 200))
    columns = [Column(str(column.label)) for column in file_columns()]
    text = "".join(csv_lines([Table("", columns, rows)]))
    return SimpleUploadedFile(_("秋季调价.csv"), text.encode())
