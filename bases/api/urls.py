from django.urls import path

from bases.api.brands import BrandsView, IntroductionsView
from bases.api.consents import ConsentsView, RetractionOfConsentView
from bases.api.stock import ChangesView, FeedsView, FeedView, SnapshotsView, StockView

urlpatterns = [
    path("stock-snapshots", SnapshotsView.as_view(), name="stock-snapshots"),
    path("stock-changes", ChangesView.as_view(), name="stock-changes"),
    path("stock-feeds", FeedsView.as_view(), name="stock-feeds"),
    path("stock-feeds/<number:sequence>", FeedView.as_view(), name="stock-feed"),
    path("stock", StockView.as_view(), name="stock"),
    path("brands", BrandsView.as_view(), name="brands"),
    path("consents", ConsentsView.as_view(), name="consents"),
    path("consents/<slug:public_id>/withdrawal", RetractionOfConsentView.as_view(), name="consent-retraction"),
    path("brand-introductions", IntroductionsView.as_view(), name="brand-introductions"),
]
