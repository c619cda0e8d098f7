from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from haowu.tenants.checks import data_keys_are_set


class TenantsConfig(AppConfig):
    name = "haowu.tenants"
    label = "tenants"
    verbose_name = _("租户与成员")

    def ready(self) -> None:
        register(data_keys_are_set, Tags.security, deploy=True)
