from django.apps import AppConfig

from haowu.web import addresses


class WebConfig(AppConfig):
    name = "haowu.web"
    label = "web"

    def ready(self) -> None:
        addresses.register()
