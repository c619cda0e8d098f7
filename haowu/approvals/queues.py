"""Staff's queues: what waits and for how long, decided one by one or many at once, each row with its own answer.

Rows are looked at; acts change them. An act that is refused for one row names it, says why, and stops no other.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.approvals.act_views import SHOWN
from haowu.approvals.models import MAX_REASON
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.fields import TextField
from haowu.tenants.admin import LookOnlyAdmin


class DecisionForm(ActionForm):
    """What a decision needs beside the rows: one of the usual reasons, or one's own words. Queues add fields."""

    usual: ClassVar[Sequence[Any]] = ()

    usual_reason = forms.ChoiceField(label=gettext_lazy("常用原因"), required=False)
    reason = TextField(label=gettext_lazy("原因"), required=False, max_length=MAX_REASON)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.usual:
            field = self.fields["usual_reason"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "–"), *((str(text), str(text)) for text in self.usual)]
        else:
            del self.fields["usual_reason"]


def reason_of(request: HttpRequest) -> str:
    """One's own words, else the usual ones."""
    posted = request.POST
    return (posted.get("reason", "").strip() or posted.get("usual_reason", ""))[:MAX_REASON]


class StaffQueue(LookOnlyAdmin):
    """``waiting_since`` names the moment from which a row waits, ``is_waiting`` says whether it still does."""

    action_form: ClassVar[type[ActionForm]] = DecisionForm
    ordering = ["-pk"]
    waiting_since: ClassVar[str] = ""
    waiting: ClassVar[frozenset[str]] = frozenset()
    """The statuses in which a row waits for a decision."""

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    @admin.display(description=gettext_lazy("已等待"))
    def age(self, row: Any) -> str:
        since: datetime | None = getattr(row, self.waiting_since)
        if since is None or row.status not in self.waiting:
            return "–"
        waited = days.now() - since
        return _("{n} 天").format(n=waited.days) if waited.days else _("{n} 小时").format(n=waited.seconds // 3600)

    def rows_of(self, chosen: Any) -> Iterable[Any]:
        """The chosen rows in the order in which they are decided."""
        return chosen.order_by("pk")

    def each(self, request: HttpRequest, chosen: Any, act: Callable[[Any], Any]) -> None:
        """``act`` on each row by itself, with an answer for each that was refused."""
        done, refused = 0, []
        for row in self.rows_of(chosen):
            try:
                act(row)
                done += 1
            except Refused as why:
                refused.append(f"{row}：{why.message}")
        for text in refused[:SHOWN]:
            self.message_user(request, text, messages.ERROR)
        if len(refused) > SHOWN:
            more = _("还有 {n} 项没有成功。").format(n=len(refused) - SHOWN)
            self.message_user(request, more, messages.ERROR)
        if done:
            self.message_user(request, _("已处理 {count} 项。").format(count=done))
