from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TuanzhangConfig(AppConfig):
    name = "tuanzhang"
    verbose_name = _("招商团长")
