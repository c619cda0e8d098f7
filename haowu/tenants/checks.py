"""What ``manage.py check --deploy`` asks of this floor."""

from typing import Any

from django.conf import settings
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured

from haowu.tenants.sealing import keyring


def data_keys_are_set(app_configs: Any, **options: Any) -> list[Error]:
    try:
        keyring()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="haowu.tenants.E001")]
    return []


def staff_give_a_second_step(app_configs: Any, **options: Any) -> list[Error]:
    if settings.STAFF_SECOND_STEP:
        return []
    hint = "Unset STAFF_SECOND_STEP, or set it to true: one stolen password would open everybody's money."
    return [Error("Staff sign in with a password alone.", hint=hint, id="haowu.tenants.E002")]
