"""Acts that can be taken back: the page says what was done, with a form beside it that does the opposite."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest


@dataclass(frozen=True)
class Undoable:
    """``said``: what was done. ``action`` and ``fields``: the form that takes it back, a POST like any other.

    Without an action it cannot be taken back.
    """

    said: str
    action: str = ""
    fields: Mapping[str, list[str]] = field(default_factory=dict)

    def say(self, request: HttpRequest) -> None:
        form = json.dumps({"action": self.action, "fields": dict(self.fields)})
        messages.success(request, self.said, extra_tags=form if self.action else "")


def form_of(message: Message) -> dict[str, Any] | None:
    """The form that takes back what ``message`` says was done; None where there is none."""
    tags = message.extra_tags or ""
    return json.loads(tags) if tags.startswith("{") else None
