from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from bases.api import urls as bases_api
from bases.views import home as base_home
from bases.views import stock as base_stock
from bases.views import supply as base_supply
from bases.views.founding import FoundBase
from commissions.api import urls as orders_api
from commissions.models import Policy
from commissions.orders.crediting import SALES
from commissions.orders.preview import previews
from commissions.orders.sales import recent_sales
from haowu.demo import rehearsal
from haowu.partners import urls as partners_api
from haowu.partners.oauth import TokenView
from haowu.tenants.access import member_page
from haowu.web.appearance import change_theme
from haowu.web.health import health
from haowu.web.media import media
from haowu.web.styleguide import StyleGuide
from haowu.web.views import Find
from merchants import urls as merchants_urls
from merchants.api import urls as merchants_api
from merchants.models import Product
from merchants.views.above import KnownAbove
from streamers import product_api, shelf_api, shelf_groups_api
from streamers import urls as streamers_urls
from streamers.api import SelectionView, SuggestionsView
from streamers.links.api import LinkResolutionsView, LinksView
from streamers.live import api as live_api
from streamers.models import Exposure
from streamers.modules.api import ModuleProductsView, ModulesView
from streamers.popularity import pickers
from tuanzhang.api import urls as leaders_api
from tuanzhang.models import QuarterLevel
from tuanzhang.running import is_running, running_in
from tuanzhang.views import desk

TECH_BPS = Policy.objects.tech_bps_at
v1 = [
    *partners_api.v1,
    *bases_api.urlpatterns,
    *merchants_api.urlpatterns,
    *orders_api.urlpatterns,
    *leaders_api.urlpatterns,
    path("selection", SelectionView.as_view(tech_bps_at=TECH_BPS), name="selection"),
    path(
        "selection/<text:public_id>/calculation",
        product_api.CalculationView.as_view(tech_bps_at=TECH_BPS),
        name="calculation",
    ),
    path("selection/<text:public_id>", product_api.SelectedView.as_view(tech_bps_at=TECH_BPS), name="selected"),
    path("comparisons", product_api.ComparisonView.as_view(tech_bps_at=TECH_BPS), name="comparisons"),
    path("shelf", shelf_api.ShelfView.as_view(tech_bps_at=TECH_BPS), name="shelf"),
    path("picks", shelf_api.PicksView.as_view(), name="picks"),
    path("unpicks", shelf_api.UnpicksView.as_view(), name="unpicks"),
    path("shelf-replacements", shelf_api.ReplacementsView.as_view(), name="shelf-replacements"),
    path("shelf-places", shelf_groups_api.ShelfPlaceView.as_view(), name="shelf-places"),
    path("shelf-moves", shelf_groups_api.ShelfMovesView.as_view(), name="shelf-moves"),
    path("shelf-groups", shelf_groups_api.ShelfGroupsView.as_view(), name="shelf-groups"),
    path("shelf-groups/<text:public_id>/name", shelf_groups_api.ShelfGroupNameView.as_view(), name="shelf-group-name"),
    path(
        "shelf-groups/<text:public_id>/removal",
        shelf_groups_api.ShelfGroupRemovalView.as_view(),
        name="shelf-group-removal",
    ),
    path("selection-modules", ModulesView.as_view(tech_bps_at=TECH_BPS), name="selection-modules"),
    path(
        "selection-modules/<text:code>/products",
        ModuleProductsView.as_view(tech_bps_at=TECH_BPS),
        name="selection-module-products",
    ),
    path("suggestions", SuggestionsView.as_view(), name="suggestions"),
    path("links", LinksView.as_view(sales=SALES), name="links"),
    path("link-resolutions", LinkResolutionsView.as_view(), name="link-resolutions"),
    path("live-sessions", live_api.SessionsView.as_view(), name="live-sessions"),
    path("live-sessions/<id:public_id>", live_api.SessionView.as_view(), name="live-session"),
    path("live-sessions/<id:public_id>/items", live_api.SessionItemsView.as_view(), name="live-session-items"),
    path("live-sessions/<id:public_id>/start", live_api.SessionStartView.as_view(), name="live-session-start"),
    path("live-sessions/<id:public_id>/end", live_api.SessionEndView.as_view(), name="live-session-end"),
    path(
        "live-sessions/<id:public_id>/report",
        live_api.SessionReportView.as_view(sales=SALES),
        name="live-session-report",
    ),
]
api = [path("v1/", include((v1, "v1"))), path("", include("haowu.partners.urls"))]

GOODS_PAGES = [
    ("brands/", base_home.Library, "library"),
    ("base/stock/", base_stock.StockPage, "base-stock"),
    ("base/stock/upload/", base_stock.Upload, "base-upload"),
    ("base/stock/pull/", base_stock.RegisterPull, "base-pull"),
    ("base/stock/review/", base_stock.Review, "base-review"),
    ("base/reservations/", base_supply.Reservations, "base-reservations"),
]
"""Pages of bases that show goods, of which the floor above knows names and pictures."""
KNOWN = KnownAbove(
    previews=previews,
    running=running_in,
    is_running=is_running,
    pickers=pickers,
    sales=recent_sales,
    exposures=Exposure.objects.newest_of,
)

handler500 = "haowu.web.failures.failed"

urlpatterns = [
    path("healthz", health),
    path("", include("haowu.tenants.urls")),
    path("", include("haowu.approvals.urls")),
    path("", include("bases.urls")),
    *(path(address, view.as_view(goods_of=Product.objects.by_code), name=name) for address, view, name in GOODS_PAGES),
    path("bases/founding/", FoundBase.as_view(is_gold_leader=QuarterLevel.objects.is_gold), name="found-base"),
    path("", include(merchants_urls.patterns(KNOWN))),
    path("", include("tuanzhang.urls")),
    path("activities/<id:public_id>/", desk.ActivityPage.as_view(tech_bps_at=TECH_BPS), name="activity"),
    path("activities/<id:public_id>/audit/", desk.Audit.as_view(tech_bps_at=TECH_BPS), name="audit-enrolments"),
    path("", include(streamers_urls.patterns(TECH_BPS, SALES, rehearsal.begin if settings.DEMO_LOGINS else None))),
    path("", include("commissions.urls")),
    path("", include("haowu.analytics.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("find/", member_page(Find.as_view()), name="find"),
    path("theme/", change_theme, name="theme"),
    path("styleguide/", StyleGuide.as_view(), name="styleguide"),
    path("media/<path:path>", media, name="media"),
    path("admin/", admin.site.urls),
    path("oauth/token/", TokenView.as_view(), name="token"),
    path("api/", include(api)),
]
