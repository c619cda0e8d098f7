from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "haowu.web"
    label = "web"
