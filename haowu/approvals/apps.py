from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules, import_string
from django.utils.translation import gettext_lazy as _

from haowu.tenants import recording


class ApprovalsConfig(AppConfig):
    name = "haowu.approvals"
    label = "approvals"
    verbose_name = _("决定与操作记录")

    def ready(self) -> None:
        one, many = (f"haowu.approvals.trail.{name}" for name in ("record", "record_many"))
        recording.record_with(import_string(one), import_string(many))  # models are there only now
        autodiscover_modules("trail_names")
