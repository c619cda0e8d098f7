"""What ``manage.py check --deploy`` asks of this floor."""

from typing import Any

from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured

from haowu.tenants.sealing import keyring


def data_keys_are_set(app_configs: Any, **options: Any) -> list[Error]:
    try:
        keyring()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="haowu.tenants.E001")]
    return []
