"""Policies in versions: a version is added and never edited; each speaks from its ``effective_from`` on."""

from datetime import date, datetime
from typing import Any

from django.db import models


class VersionsQuerySet(models.QuerySet):
    def in_force(self, at: date | datetime) -> Any:
        """The version that speaks at ``at``; there is always one, since the first begins with time itself."""
        return self.filter(effective_from__lte=at).order_by("-effective_from", "-pk")[0]
