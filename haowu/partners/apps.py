from django.apps import AppConfig
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "haowu.partners"
    label = "partners"
    verbose_name = _("合作方")

    def ready(self) -> None:
        from haowu.partners import converters  # noqa: PLC0415 - DRF may be imported only once the apps are there

        for name, converter in converters.CONVERTERS.items():
            register_converter(converter, name)
