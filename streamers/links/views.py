"""A streamer's share links: the list, one link with its code and figures, making some, resolving what was pasted."""

import io
from dataclasses import dataclass
from typing import Any

import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from haowu.approvals.act_views import ActView, say_of_many
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.ground.fields import TextField
from haowu.tenants.lists import ListPage, Sort
from streamers.filters import LinkFilter
from streamers.links import making, texts
from streamers.links.resolving import resolve
from streamers.models import Link, LinkDay, LiveSession, Pick
from streamers.models.link import SUB_ID_LENGTH
from streamers.selection import open_to
from streamers.sold import NOTHING, SalesAbove, Sold
from streamers.views import OfStreamer

KNOWN_MARKS = 3
PASTED_LENGTH = 500


class OfLinks(OfStreamer):
    """``sales`` comes from the floor above."""

    sales: SalesAbove | None = None

    def titles_of(self, marks: set[str]) -> dict[str, str]:
        """The titles of live sessions by the marks that name them."""
        return LiveSession.objects.visible_to(self.request.tenant).titles_of(marks) if marks - {""} else {}

    def funnels(self, links: list[Link]) -> "dict[int, Funnel]":
        clicks = LinkDay.objects.visible_to(self.request.tenant).clicks_of([link.pk for link in links])
        sold = self.sales.of_links(self.request.tenant, links) if self.sales else {}
        return {link.pk: Funnel(clicks.get(link.pk, 0), sold.get(link.pk, NOTHING)) for link in links}


@dataclass(frozen=True)
class Funnel:
    """Click → paid → received → kept."""

    clicks: int
    sold: Sold

    @property
    def conversion_bps(self) -> int | None:
        """Orders of a hundred clicks; None where nobody clicked."""
        return self.sold.orders * 10_000 // self.clicks if self.clicks else None


class Links(OfLinks, ListPage):
    template_name = "streamers/links.html"
    filterset_class = LinkFilter
    sorts = [
        Sort("newest", gettext_lazy("最近生成"), ("-made_at", "-pk")),
        Sort("oldest", gettext_lazy("最早生成"), ("made_at", "pk")),
    ]

    def queryset(self) -> Any:
        return Link.objects.visible_to(self.request.tenant).with_goods()

    def rows(self, found: list[Link]) -> list[tuple[Link, str, Funnel]]:
        funnels, titles = self.funnels(found), self.titles_of({link.sub_id for link in found})
        return [(link, titles.get(link.sub_id, link.sub_id), funnels[link.pk]) for link in found]


class OneLink(OfLinks):
    @cached_property
    def link(self) -> Link:
        mine = Link.objects.visible_to(self.request.tenant).with_goods()
        return get_object_or_404(mine, code=self.kwargs["code"])

    @property
    def address(self) -> str:
        return self.request.build_absolute_uri(texts.path_of(self.link.code))


class LinkPage(OneLink, TemplateView):
    template_name = "streamers/link.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        link, tenant = self.link, self.request.tenant
        product = open_to(tenant).filter(pk=link.product_id).first()
        marks = Link.objects.visible_to(tenant).newest_first().exclude(sub_id__in=["", link.sub_id])
        return super().get_context_data(
            link=link,
            address=self.address,
            token=texts.token_of(link.code, link.product.title or link.product.code),
            card=self.cards([product])[0] if product else None,
            funnel=self.funnels([link])[link.pk],
            known_marks=self._known(list(marks.values_list("sub_id", flat=True)[:20])),
            mark=self.titles_of({link.sub_id}).get(link.sub_id, link.sub_id),
            at=days.now(),
            **context,
        )

    def _known(self, marks: list[str]) -> list[str]:
        """The latest ones, without those that name sessions: these have links of their own."""
        titles = self.titles_of(set(marks))
        return [mark for mark in dict.fromkeys(marks) if mark not in titles][:KNOWN_MARKS]


class QrCode(OneLink, View):
    """As a drawing; ``?save`` hands it out as a file."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        drawn = io.BytesIO()
        segno.make(self.address, error="m", micro=False).save(drawn, kind="svg", scale=8, border=3, light="#fff")
        answer = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
        if "save" in request.GET:
            answer["Content-Disposition"] = f'attachment; filename="{code}.svg"'
        return answer


class MarkForm(forms.Form):
    sub_id = TextField(label=gettext_lazy("渠道标记"), max_length=SUB_ID_LENGTH, required=False)


class MakeLinks(OfStreamer, ActView):
    """Links of the goods named in ``product`` (public ids, on the shelf), all with one mark. One leads to its page."""

    def act(self) -> str:
        sub_id = self.read(MarkForm(self.request.POST))["sub_id"]
        ids = list(dict.fromkeys(map(inputs.key, self.request.POST.getlist("product"))))
        picks = Pick.objects.visible_to(self.request.tenant).on_shelf().of_public_ids(ids[: making.MOST + 1])
        wishes = [making.NewLink(pick.pid, sub_id) for pick in picks]
        if not wishes:
            raise making.NotOnShelf
        answers = making.make_many(self.request.tenant, wishes, at=days.now())
        self.made = [answer for answer in answers if isinstance(answer, Link)]
        if len(wishes) == 1:
            if isinstance(answers[0], Refused):
                raise answers[0]
            return ""
        say_of_many(self.request, _("{n} 条链接好了。"), [(p.product, a) for p, a in zip(picks, answers, strict=True)])
        return ""

    made: list[Link] = []

    def back(self) -> str:
        return reverse("link", args=[self.made[0].code]) if len(self.made) == 1 else reverse("links")


class PasteLink(OfStreamer, TemplateView):
    """What was pasted (``text``): a good to look at and to pick, by the same leader's activity where there is one."""

    template_name = "streamers/pasted_link.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        typed, found, refused, card = self.request.GET.get("text", "")[:PASTED_LENGTH], None, "", None
        if typed.strip():
            try:
                found = resolve(typed, self.request.tenant, days.now())
            except Refused as answer:
                refused = answer.message
        if found is not None:
            product = open_to(self.request.tenant).filter(pk=found.product.pk).first()
            card = self.cards([product])[0] if product else None
        return super().get_context_data(typed=typed, found=found, refused=refused, card=card, **context)
