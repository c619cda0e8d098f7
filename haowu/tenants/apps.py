from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "haowu.tenants"
    label = "tenants"
    verbose_name = _("租户与成员")
