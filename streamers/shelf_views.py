"""What is done to the shelf by its buttons: many goods at once, groups, order, a good replaced by a similar one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.approvals.act_views import say_of_many
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.fields import TextField
from haowu.ground.inputs import key
from haowu.web.paths import local
from haowu.web.undo import Undoable
from merchants.models import Product
from streamers import arranging, shelf
from streamers.links.shared import activities_of, link
from streamers.models import Pick, ShelfGroup
from streamers.models.group import NAME_LENGTH
from streamers.selection import open_to
from streamers.views import OneProduct, OnShelf

RESULTS = "shelf_results"
"""In the session: by public id of a product, what became of it in the last act on many."""


def results_of_last_act(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """Shown once, in the rows; what failed stays chosen."""
    return request.session.pop(RESULTS, {})


class NameForm(forms.Form):
    name = TextField(label=gettext_lazy("组名"), max_length=NAME_LENGTH)


class OfMany(OnShelf):
    """The ticked goods (``product``, public ids), each with its own answer in its row."""

    def back(self) -> str:
        return local(self.request, self.request.POST.get("next")) or reverse("shelf")

    def goods(self) -> list[Product]:
        ids = [key(each) for each in dict.fromkeys(self.request.POST.getlist("product"))]
        shelf.check_number(len(ids))
        found = {each.public_id: each for each in open_to(self.request.tenant).named(ids)}
        return [found[each] for each in ids if each in found]

    def keep(self, goods: Sequence[Product], answers: Sequence[Any], done: str) -> None:
        """Remember what became of each, for its row."""
        self.request.session[RESULTS] = {
            product.public_id: {"is_done": False, "says": answer.message}
            if isinstance(answer, Refused)
            else {"is_done": True, "says": done}
            for product, answer in zip(goods, answers, strict=True)
        }


class TakeOff(OfMany):
    def act(self) -> str:
        goods = self.goods()
        answers = shelf.unpick_many(self.request.tenant, goods, at=days.now())
        self.keep(goods, answers, "")
        done = _("{n} 款已移出货架。分享出去的链接仍然计佣。")
        say_of_many(self.request, done, list(zip(goods, answers, strict=True)))
        return ""


class MoveToGroup(OfMany):
    """``group``: a public id, or nothing to move the goods out of theirs."""

    def act(self) -> str | Undoable:
        goods, asked = self.goods(), self.request.POST.get("group", "")
        mine = ShelfGroup.objects.visible_to(self.request.tenant)
        group = mine.named([key(asked)]).first() if asked else None
        if asked and group is None:
            raise Http404
        if not goods:
            say_of_many(self.request, "", [])
            return ""
        before = _groups_before(self.request.tenant, goods)
        answers = arranging.move_to_group(self.request.tenant, goods, group)
        where = _("已移到「{group}」").format(group=group) if group else _("已移出分组")
        self.keep(goods, answers, where)
        refused = sum(isinstance(answer, Refused) for answer in answers)
        said = _("{where}：{n} 款成了").format(where=where, n=len(answers) - refused)
        if refused:
            messages.error(self.request, _("{n} 款没成，还选着，原因在各行。").format(n=refused))
        if len(before) != 1:
            return said
        fields = {"product": [product.public_id for product in goods], "group": list(before)}
        return Undoable(said + "。", reverse("move-to-group"), fields)


def _groups_before(streamer: Any, goods: Sequence[Product]) -> set[str]:
    """The groups in which ``goods`` stand, by public id; "" for none."""
    picks = Pick.objects.visible_to(streamer).on_shelf().of_products(goods)
    return {group or "" for group in picks.values_list("group__public_id", flat=True)}


class PickMany(OfMany):
    """Goods chosen in the selection centre. One that is offered through an activity alone is picked through it."""

    def act(self) -> str:
        goods, streamer, at = self.goods(), self.request.tenant, days.now()
        through = activities_of(goods, at)
        wishes = [shelf.NewPick(streamer, product, at, activity=through.get(product.pk)) for product in goods]
        answers = shelf.pick_many(wishes)
        done = _("{n} 款已选入货架，推广位已生成。")
        say_of_many(self.request, done, list(zip(goods, answers, strict=True)))
        return ""


class Compare(OfMany):
    """Leads to the chosen goods side by side: the address holds them."""

    def act(self) -> str:
        return ""

    def back(self) -> str:
        chosen = [key(each) for each in dict.fromkeys(self.request.POST.getlist("product"))]
        query = "&".join(f"product={each}" for each in chosen if each)
        return f"{reverse('compare')}?{query}"


class Place(OneProduct, OnShelf):
    """``before`` or ``after``: the public id of the good that it is put beside. Who dragged a row asks for no page."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.headers.get("HX-Request"):
            return super().post(request, **kwargs)
        try:
            self.act()
        except Refused as refused:
            return HttpResponse(refused.message, status=refused.status)
        return HttpResponse(status=204)

    def act(self) -> str:
        posted = self.request.POST
        is_before = bool(posted.get("before"))
        beside = key(posted.get("before") or posted.get("after"))
        neighbour = get_object_or_404(open_to(self.request.tenant), public_id=beside)
        arranging.place(self.request.tenant, self.product, neighbour, is_before=is_before)
        return ""

    def back(self) -> str:
        return local(self.request, self.request.POST.get("next")) or reverse("shelf")


class Replace(OneProduct, OnShelf):
    """``new``: the public id of the good that comes in place of this one; ``activity``: the token it is picked by."""

    back_to = "shelf"

    def act(self) -> str:
        posted, streamer = self.request.POST, self.request.tenant
        new = get_object_or_404(open_to(streamer), public_id=key(posted.get("new")))
        activity = link(posted.get("activity", ""), "")["activity"]
        shelf.replace(streamer, self.product, new, at=days.now(), activity=activity)
        return _("已用「{new}」换下「{old}」，新的推广位已生成。").format(new=new, old=self.product)


class AddGroup(OnShelf):
    back_to = "shelf-groups"

    def act(self) -> str:
        name = self.read(NameForm(self.request.POST))["name"]
        arranging.add_group(self.request.tenant, name, at=days.now())
        return _("已建分组「{name}」。").format(name=name)


class OneGroup(OnShelf):
    back_to = "shelf-groups"

    @property
    def group(self) -> ShelfGroup:
        mine = ShelfGroup.objects.visible_to(self.request.tenant)
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])


class RenameGroup(OneGroup):
    def act(self) -> str:
        name = self.read(NameForm(self.request.POST))["name"]
        arranging.rename_group(self.group, name)
        return _("已改名为「{name}」。").format(name=name)


class DropGroup(OneGroup):
    def act(self) -> str:
        group = self.group
        arranging.drop_group(group)
        return _("已删掉分组「{name}」，里面的商品还在货架上。").format(name=group.name)
