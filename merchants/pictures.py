"""Pictures of a product. Each is drawn anew before it is kept, which drops what a camera wrote into it.

A small file can open into gigabytes. So the number of its pixels is read from its head before any is decoded, a JPEG is
decoded at a fraction of its size, only the first picture of an animation is, and each process draws one at a time.
"""

import struct
import threading
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
FORMATS = ("JPEG", "PNG", "WEBP")
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error)
_drawing = threading.Lock()


@transaction.atomic
def add_picture(product: Product, upload: UploadedFile) -> ProductImage:
    """Keep ``upload`` as the last picture of ``product``, at most 1200 pixels wide or high, as WebP."""
    assert upload.size is not None, "an upload knows its size"
    if upload.size > LIMIT_MB * 1024 * 1024:
        raise refusals.PictureTooLarge(limit=LIMIT_MB)
    drawn = _redrawn(upload)
    Product.objects.select_for_update().get(pk=product.pk)
    kept = list(product.images.all())
    if len(kept) >= LIMIT:
        raise refusals.TooManyPictures(limit=LIMIT)
    picture = ProductImage(product=product, position=kept[-1].position + 1 if kept else 0)
    picture.image.save(f"{public_id()}.webp", drawn, save=True)
    return picture


def remove_picture(picture: ProductImage) -> None:
    """The file goes once the row is gone for good."""
    storage, name = picture.image.storage, str(picture.image.name)
    picture.delete()
    transaction.on_commit(lambda: storage.delete(name))


def _redrawn(upload: UploadedFile) -> ContentFile:
    try:
        with Image.open(upload, formats=FORMATS) as image:
            if image.width * image.height > MAX_MEGAPIXELS * 1_000_000:
                raise refusals.PictureHasTooManyPixels(limit=MAX_MEGAPIXELS)
            with _drawing:
                drawn = BytesIO()
                _small(image).save(drawn, "WEBP", quality=82)
    except Image.DecompressionBombError as error:
        raise refusals.PictureHasTooManyPixels(limit=MAX_MEGAPIXELS) from error
    except UNREADABLE as error:
        raise refusals.PictureUnreadable from error
    return ContentFile(drawn.getvalue())


def _small(image: Image.Image) -> Image.Image:
    """Upright and without anything but its pixels. Made smaller before it is turned: both copy it."""
    if image.mode in ("1", "P"):
        image = image.convert("RGB")
    image.thumbnail((KEPT_SIDE, KEPT_SIDE))
    return ImageOps.exif_transpose(image).convert("RGB")
