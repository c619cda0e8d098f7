from django.urls import path

from streamers import activity, views

urlpatterns = [
    path("selection/", views.Selection.as_view(), name="selection"),
    path("selection/activity/<str:token>/", activity.ActivityGoods.as_view(), name="activity-goods"),
    path("selection/<str:public_id>/", views.ProductPage.as_view(), name="selection-product"),
    path("selection/<str:public_id>/pick/", views.PickProduct.as_view(), name="pick"),
    path("selection/<str:public_id>/unpick/", views.UnpickProduct.as_view(), name="unpick"),
    path("shelf/", views.Shelf.as_view(), name="shelf"),
]
