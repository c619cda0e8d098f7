from django.apps import AppConfig

from haowu.web import paths


class WebConfig(AppConfig):
    name = "haowu.web"
    label = "web"

    def ready(self) -> None:
        paths.register()
