from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "haowu.approvals"
    label = "approvals"
    verbose_name = _("决定与操作记录")
