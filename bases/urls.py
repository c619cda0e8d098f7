from django.urls import path

from bases import pickers
from bases.views import consents, home, rooms, stock, supply

urlpatterns = [
    path("bases/", home.BaseList.as_view(), name="bases"),
    path("pick/brands/", pickers.BrandPicker.as_view(), name="pick-brands"),
    path("base/", home.BaseHome.as_view(), name="base-home"),
    path("base/brands/", home.BaseBrands.as_view(), name="base-brands"),
    path("base/stock/template/", stock.Template.as_view(), name="base-template"),
    path("base/stock/pull/removal/", stock.ForgetPull.as_view(), name="base-forget-pull"),
    path("base/stock/feeds/<int:sequence>/", stock.FeedPage.as_view(), name="base-feed"),
    path("base/stock/feeds/<int:sequence>/confirmation/", stock.ConfirmFeed.as_view(), name="base-confirm-feed"),
    path("base/stock/feeds/<int:sequence>/rejection/", stock.RejectFeed.as_view(), name="base-reject-feed"),
    path("base/stock/review/<int:pk>/taking/", stock.TakeRow.as_view(), name="base-take-row"),
    path("base/stock/review/<int:pk>/dropping/", stock.DropRow.as_view(), name="base-drop-row"),
    path("base/goods/", consents.BaseGoods.as_view(), name="base-goods"),
    path("consents/", consents.MerchantConsents.as_view(), name="consents"),
    path("consents/bases/", consents.ConsentBases.as_view(), name="consent-bases"),
    path("consents/bases/<id:public_id>/", consents.Agree.as_view(), name="consent-base"),
    path("consents/<id:public_id>/retraction/", consents.RetractConsent.as_view(), name="retract-consent"),
    path("stock/", supply.MerchantStock.as_view(), name="merchant-stock"),
    path("base/rooms/", rooms.BaseRooms.as_view(), name="base-rooms"),
    path("base/rooms/<id:public_id>/closing/", rooms.CloseRoom.as_view(), name="base-close-room"),
    path("rooms/", rooms.OpenRooms.as_view(), name="rooms"),
    path("rooms/<id:public_id>/", rooms.RoomPage.as_view(), name="room"),
    path("bookings/<id:public_id>/cancellation/", rooms.CancelBooking.as_view(), name="cancel-booking"),
]
