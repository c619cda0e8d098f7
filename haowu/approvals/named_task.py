"""Tasks name themselves as who acts, and go on under the number of the request that woke them."""

from typing import Any

from celery import Task

from haowu.approvals import actors
from haowu.web import request_ids


class NamedTask(Task):
    """The class of all tasks (``haowu.celery``)."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        sent = {"request_id": self.request.id} | (self.request.headers or {}) | vars(self.request)
        with request_ids.within(sent["request_id"]), actors.acting(actors.timer(self.name)):
            return super().__call__(*args, **kwargs)
