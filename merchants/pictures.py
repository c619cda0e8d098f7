"""Pictures of a product. Each is drawn anew before it is kept, which drops what a camera wrote into it."""

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
MAX_SIDE = 10_000
KEPT_SIDE = 1200
FORMATS = ("JPEG", "PNG", "WEBP")


@transaction.atomic
def add_picture(product: Product, upload: UploadedFile) -> ProductImage:
    """Keep ``upload`` as the last picture of ``product``, at most 1200 pixels wide or high, as WebP."""
    if upload.size > LIMIT_MB * 1024 * 1024:
        raise refusals.PictureTooLarge(limit=LIMIT_MB)
    Product.objects.select_for_update().get(pk=product.pk)
    kept = list(product.images.all())
    if len(kept) >= LIMIT:
        raise refusals.TooManyPictures(limit=LIMIT)
    picture = ProductImage(product=product, position=kept[-1].position + 1 if kept else 0)
    picture.image.save(f"{public_id()}.webp", _redrawn(upload), save=True)
    return picture


def remove_picture(picture: ProductImage) -> None:
    """The file goes once the row is gone for good."""
    storage, name = picture.image.storage, picture.image.name
    picture.delete()
    transaction.on_commit(lambda: storage.delete(name))


def _redrawn(upload: UploadedFile) -> ContentFile:
    try:
        with Image.open(upload, formats=FORMATS) as image:
            if max(image.size) > MAX_SIDE:
                raise refusals.PictureUnreadable
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((KEPT_SIDE, KEPT_SIDE))
            drawn = BytesIO()
            upright.save(drawn, "WEBP", quality=82)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise refusals.PictureUnreadable from error
    return ContentFile(drawn.getvalue())
