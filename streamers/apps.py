from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StreamersConfig(AppConfig):
    name = "streamers"
    verbose_name = _("达人")
