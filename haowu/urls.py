from django.contrib import admin
from django.urls import path

from haowu.health import health

urlpatterns = [path("healthz", health), path("admin/", admin.site.urls)]
