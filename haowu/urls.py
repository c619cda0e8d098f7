from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.static import serve

from commissions.api import urls as orders_api
from haowu.health import health
from haowu.partners.oauth import TokenView
from tuanzhang.api import urls as leaders_api

v1 = [*orders_api.urlpatterns, *leaders_api.urlpatterns]
api = [path("v1/", include((v1, "v1"))), path("", include("haowu.partners.urls"))]

urlpatterns = [
    path("healthz", health),
    path("", include("haowu.tenants.urls")),
    path("", include("merchants.urls")),
    path("", include("tuanzhang.urls")),
    path("", include("streamers.urls")),
    path("", include("commissions.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("media/<path:path>", login_required(serve), {"document_root": settings.MEDIA_ROOT}, name="media"),
    path("admin/", admin.site.urls),
    path("oauth/token/", TokenView.as_view(), name="token"),
    path("api/", include(api)),
]
