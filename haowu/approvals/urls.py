from django.urls import path

from haowu.approvals.views import TrailPage

urlpatterns = [path("trail/", TrailPage.as_view(), name="trail")]
