from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from haowu.web import paths


class WebConfig(AppConfig):
    name = "haowu.web"
    label = "web"

    def ready(self) -> None:
        paths.register()
        autodiscover_modules("menu", "finders")
