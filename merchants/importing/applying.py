"""Uploads of products: kept, looked at, applied. What is applied twice changes nothing the second time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from bases.branding import brand_products
from haowu.ground import inputs
from haowu.ground.bulk import insert_rows, update_rows
from haowu.tenants.models import Tenant, User, public_id
from merchants import recorded, refusals
from merchants.importing import reading
from merchants.importing.judging import Judged, Row, judge
from merchants.models import Product, ProductUpload, Sku
from merchants.prices import lay_down_prices

MOST = 10
"""Uploads of one merchant that are kept at a time."""
MB = 1024 * 1024


@dataclass(frozen=True)
class Applied:
    """``products`` and ``skus`` that were made, ``changed`` products that stood before, ``bad`` rows left out."""

    products: int
    skus: int
    changed: int
    bad: int


@transaction.atomic
def keep_upload(merchant: Tenant, file: UploadedFile, *, by: User | None, at: datetime) -> ProductUpload:
    """Read ``file`` and keep it for a day; it changes nothing yet. Uploads whose day is over are removed."""
    if (file.size or 0) > reading.BYTES_LIMIT:
        raise refusals.SheetTooLarge(limit=reading.BYTES_LIMIT // MB)
    sheet = reading.read(file.read())
    list(Tenant.objects.select_for_update(no_key=True).filter(pk=merchant.pk))
    mine = ProductUpload.objects.visible_to(merchant)
    mine.over(at).delete()
    if mine.count() >= MOST:
        raise refusals.TooManyUploads(limit=MOST)
    name, content = _file_name(file.name or ""), reading.packed(sheet)
    facts = {"rows": len(sheet.rows), "content": content, "uploaded_by": by, "uploaded_at": at}
    return ProductUpload.objects.create(merchant=merchant, name=name, **facts)


def judged(upload: ProductUpload) -> Judged:
    """What ``upload`` would do now."""
    return judge(upload.merchant, reading.unpacked(bytes(upload.content)))


@transaction.atomic
def apply_upload(upload: ProductUpload, *, at: datetime) -> Applied:
    """Bring the good rows of ``upload`` into the merchant's goods; the bad ones stay in the upload.

    New goods are drafts. The merchant is locked, so that two hands cannot bring in the same goods at once, and each row
    is judged under the locks of the goods that it changes.
    """
    merchant = Tenant.objects.select_for_update(no_key=True).get(pk=upload.merchant_id)
    sheet = reading.unpacked(bytes(upload.content))
    code_at = sheet.places["code"]
    _lock(merchant, {row[code_at].strip() for _number, row in sheet.rows})
    found = judge(merchant, sheet)
    good, known = found.good, found.known.products
    new = [row for row in _one_per_product(good) if row.code not in known]
    old = [row for row in _one_per_product(good) if row.code in known]
    ids = {code: product.pk for code, product in known.items()} | _add(merchant, new, at)
    before = recorded.terms_by_code(merchant, [row.code for row in old])
    update_rows(Product, [_product_row(row, ids[row.code]) for row in old if row.of_product], key="id")
    _write_skus(good, found, ids)
    spoken = [row for row in [*new, *old] if "brand" in row.of_product and row.code in ids]
    if spoken:
        brand_products(merchant, {row.code: row.of_product["brand"] for row in spoken})
    lay_down_prices([known[row.code] for row in old if known[row.code].status == Product.Status.LISTED], at)
    recorded.products_changed(merchant, before, at)
    upload.applied_at = at
    upload.save(update_fields=["applied_at"])
    made = sum((row.code, row.sku) not in found.known.skus for row in good)
    return Applied(len(new), made, len(old), found.counts["bad"])


def remove_upload(upload: ProductUpload) -> None:
    upload.delete()


def forget_uploads(*, at: datetime) -> int:
    """Delete those whose day is over; how many. Platform scope. Nobody sees them any more, so that it need not be on
    time."""
    gone, _by_model = ProductUpload.objects.over(at).delete()
    return gone


def _lock(merchant: Tenant, codes: Iterable[str]) -> None:
    storable = [code for code in codes if inputs.is_storable(code)]
    mine = Product.objects.of_merchant(merchant).with_codes(storable).order_by("pk")
    list(mine.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


def _one_per_product(rows: Iterable[Row]) -> list[Row]:
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.code, row)
    return list(first.values())


def _add(merchant: Tenant, rows: list[Row], at: datetime) -> dict[str, int]:
    """``{code: id}`` of the drafts that were made."""
    drafts = [
        {
            "code": row.code,
            "merchant_id": merchant.pk,
            "public_id": public_id(),
            "title": row.of_product["title"],
            "description": row.of_product.get("description") or "",
            "category_id": _id(row.of_product.get("category")),
            "brand_id": _id(row.of_product.get("brand")),
            "status": Product.Status.DRAFT.value,
            "created_at": at,
        }
        for row in rows
    ]
    return dict(insert_rows(Product, drafts, conflict=["merchant_id", "code"], returning="code, id"))


def _product_row(row: Row, pk: int) -> dict[str, object]:
    facts = {"id": pk} | {name: value for name, value in row.of_product.items() if name in ("title", "description")}
    return facts | {f"{name}_id": _id(row.of_product[name]) for name in ("category", "brand") if name in row.of_product}


def _write_skus(rows: list[Row], found: Judged, ids: dict[str, int]) -> None:
    """Columns that the table does not have stay as they are; of a new SKU they are empty."""
    skus = []
    for row in rows:
        if row.code not in ids:
            continue
        before = found.known.skus.get((row.code, row.sku)) or Sku()
        skus.append(
            {
                "code": row.sku,
                "product_id": ids[row.code],
                "spec": row.of_sku.get("spec", before.spec),
                "price_fen": row.of_sku.get("price_fen", before.price_fen),
                "stock": row.of_sku.get("stock", before.stock),
            }
        )
    insert_rows(Sku, skus, conflict=["product_id", "code"], update=["spec", "price_fen", "stock"])


def _id(row: object) -> int | None:
    return getattr(row, "pk", None)


def _file_name(name: str) -> str:
    return "".join(each for each in name if each.isprintable())[-120:] or "table"
