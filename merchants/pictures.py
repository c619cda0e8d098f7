"""Pictures of a product. Each is drawn anew before it is kept, which drops what a camera wrote into it.

A small file can open into gigabytes. So the number of its pixels is read from its head before any is decoded, a JPEG is
decoded at a fraction of its size, only the first picture of an animation is, and each process draws one at a time.
"""

import struct
import threading
from functools import partial
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps

from haowu.tenants.models import public_id
from merchants import refusals
from merchants.models import Product, ProductImage

LIMIT = 8
LIMIT_MB = 5
MAX_MEGAPIXELS = 16
"""Of a WebP, four copies at four bytes a pixel are in memory while it is opened: 256 MB."""
KEPT_SIDE = 1200
SMALL_SIDE = 400
FORMATS = ("JPEG", "PNG", "WEBP")
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error)
_drawing = threading.Lock()


@transaction.atomic
def add_picture(product: Product, upload: UploadedFile) -> ProductImage:
    """Keep ``upload`` as the last picture of ``product``: WebP, at most 1200 pixels a side, and 400 for lists."""
    assert upload.size is not None, "an upload knows its size"
    if upload.size > LIMIT_MB * 1024 * 1024:
        raise refusals.PictureTooLarge(limit=LIMIT_MB)
    drawn, small = _redrawn(upload)
    Product.objects.select_for_update().get(pk=product.pk)
    kept = list(product.images.all())
    if len(kept) >= LIMIT:
        raise refusals.TooManyPictures(limit=LIMIT)
    picture = ProductImage(product=product, position=kept[-1].position + 1 if kept else 0)
    name = public_id()
    picture.small.save(f"{name}-small.webp", small, save=False)
    picture.image.save(f"{name}.webp", drawn, save=True)
    return picture


def remove_picture(picture: ProductImage) -> None:
    """The files go once the row is gone for good."""
    storage, names = picture.image.storage, [str(file.name) for file in (picture.image, picture.small) if file]
    picture.delete()
    for name in names:
        transaction.on_commit(partial(storage.delete, name))


@transaction.atomic
def move_picture(picture: ProductImage, *, to_front: bool = False) -> None:
    """One place forward, or before all others: the first one is what lists show."""
    Product.objects.select_for_update(of=("self",)).get(pk=picture.product_id)
    order = list(ProductImage.objects.filter(product=picture.product_id))
    place = order.index(picture)
    if place == 0:
        raise refusals.PictureAlreadyFirst
    order.insert(0 if to_front else place - 1, order.pop(place))
    for position, each in enumerate(order):
        each.position = position
    ProductImage.objects.bulk_update(order, ["position"])


def _redrawn(upload: UploadedFile) -> tuple[ContentFile, ContentFile]:
    """Large and small."""
    try:
        with Image.open(upload, formats=FORMATS) as image:
            if image.width * image.height > MAX_MEGAPIXELS * 1_000_000:
                raise refusals.PictureHasTooManyPixels(limit=MAX_MEGAPIXELS)
            with _drawing:
                large = _upright(image)
                drawn = _webp(large)
                large.thumbnail((SMALL_SIDE, SMALL_SIDE))
                small = _webp(large)
    except Image.DecompressionBombError as error:
        raise refusals.PictureHasTooManyPixels(limit=MAX_MEGAPIXELS) from error
    except UNREADABLE as error:
        raise refusals.PictureUnreadable from error
    return drawn, small


def _webp(image: Image.Image) -> ContentFile:
    drawn = BytesIO()
    image.save(drawn, "WEBP", quality=82)
    return ContentFile(drawn.getvalue())


def _upright(image: Image.Image) -> Image.Image:
    """Upright and without anything but its pixels. Made smaller before it is turned: both copy it."""
    if image.mode in ("1", "P"):
        image = image.convert("RGB")
    image.thumbnail((KEPT_SIDE, KEPT_SIDE))
    return ImageOps.exif_transpose(image).convert("RGB")
