from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import URLPattern, path

from streamers import (
    activity,
    compare_page,
    matching_page,
    pickers,
    product_page,
    recommended,
    selection_page,
    shelf_page,
    shelf_views,
    views,
)
from streamers.links import public
from streamers.links import views as links
from streamers.live import party_views
from streamers.live import views as live
from streamers.sold import SalesAbove


def patterns(
    tech_bps_at: Callable[[datetime], int], sales: SalesAbove, rehearse: Callable[..., None] | None = None
) -> list[URLPattern]:
    """Known by floors above: ``tech_bps_at``, what the platform keeps of a commission; ``sales``, what was sold;
    ``rehearse``, what plays a live session in the demo.
    """
    amounts = {"tech_bps_at": tech_bps_at}
    sold = amounts | {"sales": sales}
    return [
        *_selection(amounts),
        path("pick/streamers/", pickers.StreamerPicker.as_view(), name="pick-streamers"),
        *_shelf(amounts),
        *_links(amounts, sold),
        *_live(sold | {"rehearse": rehearse}),
        path("sessions/", party_views.GoodsSessions.as_view(sales=sales), name="goods-sessions"),
        path("sessions/<id:public_id>/", party_views.GoodsSession.as_view(sales=sales), name="goods-session"),
    ]


def _selection(amounts: dict[str, Any]) -> list[URLPattern]:
    return [
        path("selection/", selection_page.Selection.as_view(**amounts), name="selection"),
        path("selection/filters/", selection_page.FilterSheet.as_view(**amounts), name="selection-filters"),
        path("selection/suggestions/", selection_page.Suggestions.as_view(**amounts), name="selection-suggestions"),
        path("selection/activity/<id:token>/", activity.ActivityGoods.as_view(**amounts), name="activity-goods"),
        path("selection/recommended/", recommended.Recommended.as_view(), name="recommended"),
        path(
            "selection/recommended/<id:public_id>/",
            recommended.RecommendedPage.as_view(**amounts),
            name="recommended-goods",
        ),
        path("selection/requests/", recommended.Requests.as_view(), name="my-goods-requests"),
        path(
            "selection/requests/<id:public_id>/retraction/",
            recommended.Retract.as_view(),
            name="retract-goods-request",
        ),
        path("selection/compare/", compare_page.ComparePage.as_view(**amounts), name="compare"),
        path("selection/comparison/", shelf_views.Compare.as_view(), name="compare-chosen"),
        path("selection/picks/", shelf_views.PickMany.as_view(), name="pick-many"),
        path("selection/for-you/", matching_page.WhyThese.as_view(**amounts), name="why-these"),
        path("selection/<id:public_id>/why/", matching_page.WhyProduct.as_view(**amounts), name="why-product"),
        path("selection/<id:public_id>/", product_page.ProductPage.as_view(**amounts), name="selection-product"),
        path("selection/<id:public_id>/pick/", views.PickProduct.as_view(**amounts), name="pick"),
        path("selection/<id:public_id>/unpick/", views.UnpickProduct.as_view(), name="unpick"),
    ]


def _shelf(amounts: dict[str, Any]) -> list[URLPattern]:
    return [
        path("shelf/", shelf_page.Shelf.as_view(**amounts), name="shelf"),
        path("shelf/removal/", shelf_views.TakeOff.as_view(), name="take-off-shelf"),
        path("shelf/groups/", shelf_page.Groups.as_view(), name="shelf-groups"),
        path("shelf/groups/new/", shelf_views.AddGroup.as_view(), name="add-shelf-group"),
        path("shelf/groups/goods/", shelf_views.MoveToGroup.as_view(), name="move-to-group"),
        path("shelf/groups/<id:public_id>/name/", shelf_views.RenameGroup.as_view(), name="rename-shelf-group"),
        path("shelf/groups/<id:public_id>/removal/", shelf_views.DropGroup.as_view(), name="drop-shelf-group"),
        path("shelf/<id:public_id>/place/", shelf_views.Place.as_view(), name="place-on-shelf"),
        path("shelf/<id:public_id>/likes/", shelf_page.Likes.as_view(**amounts), name="shelf-likes"),
        path("shelf/<id:public_id>/replacement/", shelf_views.Replace.as_view(), name="replace-on-shelf"),
    ]


def _live(known: dict[str, Any]) -> list[URLPattern]:
    one, item = "live/<id:public_id>/", "live/<id:public_id>/items/<int:item>/"
    return [
        path("live/", live.Sessions.as_view(sales=known["sales"]), name="sessions"),
        path("live/new/", live.NewSession.as_view(), name="new-session"),
        path(one, live.SessionPage.as_view(**known), name="session"),
        path(f"{one}goods/", live.SessionGoods.as_view(**known), name="session-goods"),
        path(f"{one}start/", live.StartSession.as_view(), name="start-session"),
        path(f"{one}end/", live.EndSession.as_view(), name="end-session"),
        path(f"{one}cancellation/", live.CancelSession.as_view(), name="cancel-session"),
        path(f"{one}rehearsal/", live.RehearseSession.as_view(rehearse=known["rehearse"]), name="rehearse-session"),
        path(f"{one}links/", live.SessionLinks.as_view(), name="session-links"),
        path(f"{item}presentation/", live.PresentItem.as_view(), name="present-item"),
        path(f"{item}change/", live.ChangeItem.as_view(), name="change-item"),
        path(f"{item}removal/", live.RemoveItem.as_view(), name="remove-item"),
        path(f"{item}place/", live.MoveItem.as_view(), name="move-item"),
    ]


def _links(amounts: dict[str, Any], sold: dict[str, Any]) -> list[URLPattern]:
    return [
        path("links/", links.Links.as_view(**sold), name="links"),
        path("links/making/", links.MakeLinks.as_view(), name="make-links"),
        path("links/paste/", links.PasteLink.as_view(**amounts), name="paste-link"),
        path("links/<id:code>/", links.LinkPage.as_view(**sold), name="link"),
        path("links/<id:code>/qr.svg", links.QrCode.as_view(), name="link-qr"),
        path("g/<id:public_id>", public.PublicGood.as_view(), name="public-good"),
        path("g/<id:public_id>/picture", public.GoodPicture.as_view(), name="public-picture"),
    ]
