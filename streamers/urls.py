from django.urls import path

from streamers import activity, recommended, views

urlpatterns = [
    path("selection/activity/<id:token>/", activity.ActivityGoods.as_view(), name="activity-goods"),
    path("selection/recommended/", recommended.Recommended.as_view(), name="recommended"),
    path("selection/recommended/<id:public_id>/", recommended.RecommendedPage.as_view(), name="recommended-goods"),
    path("selection/requests/", recommended.Requests.as_view(), name="my-goods-requests"),
    path(
        "selection/requests/<id:public_id>/withdrawal/", recommended.Withdraw.as_view(), name="withdraw-goods-request"
    ),
    path("selection/<id:public_id>/", views.ProductPage.as_view(), name="selection-product"),
    path("selection/<id:public_id>/pick/", views.PickProduct.as_view(), name="pick"),
    path("selection/<id:public_id>/unpick/", views.UnpickProduct.as_view(), name="unpick"),
    path("shelf/", views.Shelf.as_view(), name="shelf"),
]
