"""Static files under names that change with what they hold, each with its compressed twins beside it."""

from typing import Any

from django.conf import settings
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class CompressedFiles(CompressedManifestStaticFilesStorage):
    """Brotli where files are collected once, for an image: it costs 45 s of processor, too much for each start."""

    def create_compressor(self, **options: Any) -> Compressor:
        return super().create_compressor(use_brotli=settings.STATIC_BROTLI, **options)
