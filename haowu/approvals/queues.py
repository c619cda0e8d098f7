"""Staff's queues: what waits and for how long, decided one by one or many at once, each row with its own answer.

Rows are looked at; acts change them. An act that is refused for one row names it, says why, and stops no other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.utils import quote
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.approvals.act_views import SHOWN
from haowu.approvals.models import MAX_REASON
from haowu.approvals.rules import ReasonMissing
from haowu.approvals.site import list_address
from haowu.ground.errors import Refused
from haowu.ground.fields import TextField
from haowu.tenants.admin import LookOnlyAdmin
from haowu.tenants.staff_lists import PrudentList
from haowu.web.paths import local
from haowu.web.templatetags.staff import waited


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


REFUSALS = "refusals_of_act"


@dataclass(frozen=True)
class Offer:
    """When an act can succeed: in these ``statuses``, and by somebody else than whose id stands in ``not_by``.

    ``among`` narrows the rows further, as a condition. What is not offered for any row of a page is not shown there.
    """

    statuses: tuple[str, ...] = ()
    not_by: str = ""
    among: Q | None = None
    effect: Any = ""
    """What it will cause, beside its button."""

    def condition(self, user: Any) -> Q:
        known = Q(status__in=self.statuses) if self.statuses else Q()
        if self.not_by:
            known &= ~Q(**{self.not_by: user.pk})
        return known & self.among if self.among is not None else known


class QueueList(PrudentList):
    """``offered``: of each row on the page what can be done with it. Rows of which nothing can are not chosen."""

    offered: dict[Any, set[str]] = {}

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.offered = cast(StaffQueue, self.model_admin).offered(request, [row.pk for row in self.result_list])

    def may_be_chosen(self, row: Any) -> bool:
        return bool(self.offered.get(row.pk))


class StaffQueue(LookOnlyAdmin):
    """``waiting_since`` names the moment from which a row waits, ``due_at`` its deadline, if it has one.

    ``offers`` says of each act when it can succeed.
    """

    offers: ClassVar[dict[str, Offer]] = {}
    due_at: ClassVar[str] = ""
    action_form: ClassVar[type[ActionForm]] = DecisionForm
    ordering = ["-pk"]
    waiting_since: ClassVar[str] = ""
    waiting: ClassVar[frozenset[str]] = frozenset()
    """The statuses in which a row waits for a decision."""

    @property
    def waiting_query(self) -> str:
        """The list narrowed to what waits."""
        (status, *others) = sorted(self.waiting)
        return f"status__in={','.join((status, *others))}" if others else f"status__exact={status}"

    def waiting_rows(self) -> QuerySet:
        return self.model._default_manager.filter(status__in=self.waiting)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    @admin.display(description=gettext_lazy("已等待"))
    def age(self, row: Any) -> str:
        since: datetime | None = reduce(getattr, self.waiting_since.split("__"), row)
        return waited(since) if since and row.status in self.waiting else "–"

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[QueueList]:
        return QueueList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        context = getattr(answer, "context_data", None)
        if context and "cl" in context:
            context["acts"] = self._acts(request, context["cl"].offered.values())
        return answer

    def response_action(self, request: HttpRequest, queryset: QuerySet, *rest: Any) -> HttpResponse | None:
        """Where something was refused the page stands as it was: the refused rows chosen, with why, and what was typed.

        Posted from the page of one row (``_item``) or from another page (``next``), it goes back there.
        """
        setattr(request, REFUSALS, {})
        answer = super().response_action(request, queryset, *rest)
        if back := local(request, request.POST.get("next")):
            return redirect(back)
        item = request.POST.get("_item")
        if _refusals(request):
            return self._item_again(request, item) if item else self._list_again(request)
        return redirect(f"{list_address(self.model)}{quote(item)}/change/") if item else answer

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        context = getattr(answer, "context_data", None)
        if context and context.get("original") is not None:
            acts = self._acts(request, self.offered(request, [context["original"].pk]).values())
            context |= {"acts": acts, "queue": list_address(self.model)}
            context.setdefault("action_form", self.action_form(auto_id="act_%s"))
        return answer

    def offered(self, request: HttpRequest, keys: list[Any]) -> dict[Any, set[str]]:
        """``{key: acts}`` that can succeed for the rows of ``keys``, asked in one statement."""
        may = [name for name in self.get_actions(request) if name in self.offers] if keys else []
        if not may:
            return {}
        found = {f"may_{name}": self._holds(self.offers[name].condition(request.user)) for name in may}
        rows = self.model._default_manager.filter(pk__in=keys).annotate(**found).values_list("pk", *found)
        return {key: {name for name, holds in zip(may, each, strict=True) if holds} for key, *each in rows}

    def rows_of(self, chosen: Any) -> Iterable[Any]:
        """The chosen rows in the order in which they are decided."""
        return chosen.order_by("pk")

    def each(self, request: HttpRequest, chosen: Any, act: Callable[[Any], Any]) -> None:
        """``act`` on each row by itself, with an answer for each that was refused. A reason is asked for once."""
        done, refused = 0, {}
        for row in self.rows_of(chosen):
            try:
                act(row)
                done += 1
            except Refused as refusal:
                refused[row] = refusal
        texts = [
            refusal.message if isinstance(refusal, ReasonMissing) else f"{row}：{refusal.message}"
            for row, refusal in refused.items()
        ]
        texts = list(dict.fromkeys(texts))
        for text in texts[:SHOWN]:
            self.message_user(request, text, messages.ERROR)
        if len(texts) > SHOWN:
            more = _("还有 {n} 项没有成功。").format(n=len(texts) - SHOWN)
            self.message_user(request, more, messages.ERROR)
        if done:
            self.message_user(request, _("已处理 {count} 项。").format(count=done))
        setattr(request, REFUSALS, {str(row.pk): refusal for row, refusal in refused.items()})

    def _acts(self, request: HttpRequest, offered: Iterable[set[str]]) -> list[dict[str, Any]]:
        """What can succeed for at least one of the rows: its name, label, and what it will cause."""
        possible: set[str] = set().union(*offered)
        return [
            {"name": name, "label": label, "effect": self.offers[name].effect}
            for name, (_act, _name, label) in cast(dict[str, Any], self.get_actions(request)).items()
            if name in possible
        ]

    def _list_again(self, request: HttpRequest) -> HttpResponse:
        form = self._asked(request)
        request.method = "GET"
        answer = self.changelist_view(request, {"action_form": form})
        if shown := getattr(answer, "context_data", None):
            shown["cl"].answers = {key: refusal.message for key, refusal in _refusals(request).items()}
        return answer

    def _item_again(self, request: HttpRequest, key: str) -> HttpResponse:
        form = self._asked(request)
        request.method = "GET"
        return self.changeform_view(request, key, "", {"action_form": form})

    def _asked(self, request: HttpRequest) -> ActionForm:
        """What was typed beside the act, with the reason asked for where it was missing."""
        form = self.action_form(request.POST, auto_id="act_%s")
        cast(forms.ChoiceField, form.fields["action"]).choices = self.get_action_choices(request)
        missing = next((each for each in _refusals(request).values() if isinstance(each, ReasonMissing)), None)
        if missing:
            form.add_error("reason", missing.message)
        return form

    @staticmethod
    def _holds(condition: Q) -> Any:
        return Case(When(condition, then=Value(True)), default=Value(False)) if condition else Value(True)


def _refusals(request: HttpRequest) -> dict[str, Refused]:
    """By the row's key, of the act that this request asked for."""
    found: dict[str, Refused] = getattr(request, REFUSALS, {})
    return found
