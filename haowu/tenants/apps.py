from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from haowu.tenants.checks import data_keys_are_set, staff_give_a_second_step
from haowu.tenants.scope import refuse_lost_scope


class TenantsConfig(AppConfig):
    name = "haowu.tenants"
    label = "tenants"
    verbose_name = _("租户与成员")

    def ready(self) -> None:
        connection_created.connect(refuse_lost_scope, dispatch_uid="scope")
        register(data_keys_are_set, Tags.security, deploy=True)
        register(staff_give_a_second_step, Tags.security, deploy=True)
