"""Below ``/api/``: the description, and a problem for every address that is none. Goes last."""

from django.urls import path, re_path

from haowu.partners.docs import DocsView, SchemaView
from haowu.partners.trail import TrailView
from haowu.web.problems import path_unknown

v1 = [path("trail", TrailView.as_view(), name="trail")]

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    re_path("", path_unknown, name="api-unknown"),
]
