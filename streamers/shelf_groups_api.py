"""Groups of a shelf and the order of its goods."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.ground import days
from haowu.ground.errors import NotFound
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerView
from streamers import arranging
from streamers.api import STREAMERS
from streamers.models import Pick, ShelfGroup
from streamers.models.group import ShelfGroupQuerySet
from streamers.shelf_shapes_api import (
    Acting,
    GroupIn,
    GroupOut,
    GroupsOut,
    MovesIn,
    PickOut,
    PicksOut,
    PlaceIn,
    answer_of,
    answered,
    key_of,
    unknown,
)


@extend_schema(tags=["shelf"])
class ShelfPlaceView(Acting):
    serializer_class = PickOut

    @extend_schema(
        operation_id="place_on_shelf", summary=_("排到另一款前面或后面"), request=PlaceIn, responses={200: PickOut}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = self.read(PlaceIn, request)
        beside = asked.get("before") or asked["after"]
        known = self.named([asked["product"], beside])
        for ref in (asked["product"], beside):
            if key_of(ref) not in known:
                raise unknown(ref)
        product = known[key_of(asked["product"])]
        arranging.place(self.tenant, product, known[key_of(beside)], is_before="before" in asked)
        pick = Pick.objects.visible_to(self.tenant).on_shelf().of_products([product])[0]
        return Response(answer_of(asked["product"], pick))


class OfGroups(PartnerView):
    kinds = STREAMERS
    queryset = ShelfGroup.objects.none()

    @property
    def groups(self) -> ShelfGroupQuerySet:
        return ShelfGroup.objects.visible_to(self.tenant).counted().in_order()


@extend_schema(tags=["shelf"])
class ShelfGroupsView(OfGroups):
    required_scopes = {"GET": ["shelf:read"], "POST": ["shelf:write"]}
    serializer_class = GroupsOut

    @extend_schema(operation_id="list_shelf_groups", summary=_("货架的分组，最多 20 个"))
    def get(self, request: Request) -> Response:
        return Response({"results": GroupOut(self.groups, many=True).data})

    @extend_schema(
        operation_id="add_shelf_group", summary=_("新建一个分组"), request=GroupIn, responses={201: GroupOut}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = GroupIn(data=request.data)
        body.is_valid(raise_exception=True)
        group = arranging.add_group(self.tenant, body.validated_data["name"], at=days.now())
        (made,) = self.groups.named([group.public_id])
        return Response(GroupOut(made).data, status=201)


class OfGroup(OfGroups):
    required_scopes = {"POST": ["shelf:write"]}
    serializer_class = GroupOut

    def group(self, public_id: str) -> ShelfGroup:
        found = self.groups.named([public_id]).first()
        if found is None:
            raise NotFound(_("没有分组「{id}」。"), id=public_id)
        return found


@extend_schema(tags=["shelf"])
class ShelfGroupNameView(OfGroup):
    @extend_schema(
        operation_id="rename_shelf_group", summary=_("给分组改名"), request=GroupIn, responses={200: GroupOut}
    )
    @idempotent
    def post(self, request: Request, public_id: str) -> Response:
        body = GroupIn(data=request.data)
        body.is_valid(raise_exception=True)
        arranging.rename_group(self.group(public_id), body.validated_data["name"])
        return Response(GroupOut(self.group(public_id)).data)


@extend_schema(tags=["shelf"])
class ShelfGroupRemovalView(OfGroup):
    @extend_schema(
        operation_id="drop_shelf_group",
        summary=_("删掉分组，商品留在货架"),
        description=_("回答剩下的分组。"),
        request=None,
        responses={200: GroupsOut},
    )
    @idempotent
    def post(self, request: Request, public_id: str) -> Response:
        arranging.drop_group(self.group(public_id))
        return Response({"results": GroupOut(self.groups, many=True).data})


@extend_schema(tags=["shelf"])
class ShelfMovesView(Acting):
    @extend_schema(
        operation_id="move_to_group",
        summary=_("移到分组，或移出"),
        description=_("一次 1 到 50 款，逐款回答。"),
        request=MovesIn,
        responses={200: PicksOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = self.read(MovesIn, request)
        group = ShelfGroup.objects.visible_to(self.tenant).named([asked["group"]]).first() if asked["group"] else None
        if asked["group"] and group is None:
            raise NotFound(_("没有分组「{id}」。"), id=asked["group"])
        refs = [each["product"] for each in asked["moves"]]
        known = self.named(refs)
        products = [known[key_of(ref)] for ref in refs if key_of(ref) in known]
        done = iter(arranging.move_to_group(self.tenant, products, group))
        return answered(refs, [next(done) if key_of(ref) in known else unknown(ref) for ref in refs])
