from django.urls import path

from haowu.approvals.views import NoticesPage, TrailPage

urlpatterns = [
    path("trail/", TrailPage.as_view(), name="trail"),
    path("notices/", NoticesPage.as_view(), name="notices"),
]
