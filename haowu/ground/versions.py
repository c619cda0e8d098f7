"""Policies in versions: a version is added and never edited; each speaks from its ``effective_from`` on."""

from datetime import date, datetime
from typing import TypeVar

from django.db import models

Version = TypeVar("Version", bound=models.Model)


class VersionsQuerySet(models.QuerySet[Version]):
    def in_force(self, at: date | datetime) -> Version:
        """The version that speaks at ``at``; there is always one, since the first begins with time itself."""
        return self.filter(effective_from__lte=at).order_by("-effective_from", "-pk")[0]
