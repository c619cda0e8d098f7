"""The Celery app. Workers and beat see all tenants' rows, which must be said before the settings are read."""

import os
import sys
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import before_task_publish

from haowu import embedded
from haowu.web import request_ids


def _is_celery_program() -> bool:
    """``celery …`` or ``python -m celery …``, rather than a web process or command that sends tasks."""
    program = Path(sys.argv[0])
    return program.name == "celery" or program.parts[-2:] == ("celery", "__main__.py")


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haowu.settings")
if _is_celery_program():
    os.environ.setdefault("HAOWU_SCOPE", "platform")
    embedded.attach()

app = Celery("haowu", task_cls="haowu.approvals.named_task:NamedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["haowu.demo"])


@before_task_publish.connect
def _send_request_id(headers: dict[str, Any], **_message: Any) -> None:
    """A task belongs to the request that wakes it."""
    headers["request_id"] = request_ids.current()
