from collections.abc import Callable
from datetime import datetime

from django.urls import URLPattern, path

from streamers import activity, pickers, product_page, recommended, selection_page, shelf_page, views


def patterns(tech_bps_at: Callable[[datetime], int]) -> list[URLPattern]:
    """``tech_bps_at``: what the platform keeps of a commission, known by a floor above."""
    amounts = {"tech_bps_at": tech_bps_at}
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
        path("selection/<id:public_id>/", product_page.ProductPage.as_view(**amounts), name="selection-product"),
        path("selection/<id:public_id>/pick/", views.PickProduct.as_view(**amounts), name="pick"),
        path("selection/<id:public_id>/unpick/", views.UnpickProduct.as_view(), name="unpick"),
        path("pick/streamers/", pickers.StreamerPicker.as_view(), name="pick-streamers"),
        path("shelf/", shelf_page.Shelf.as_view(**amounts), name="shelf"),
        path("shelf/removal/", shelf_page.TakeOff.as_view(), name="take-off-shelf"),
    ]
