from django.contrib import admin
from django.urls import include, path

from haowu.health import health
from haowu.partners.oauth import TokenView

api = [path("v1/", include("commissions.api.urls")), path("", include("haowu.partners.urls"))]

urlpatterns = [
    path("healthz", health),
    path("admin/", admin.site.urls),
    path("oauth/token/", TokenView.as_view(), name="token"),
    path("api/", include(api)),
]
