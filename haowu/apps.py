from django.apps import AppConfig

from haowu.ground import lookups  # noqa: F401  (to register them)


class HaowuConfig(AppConfig):
    name = "haowu"
