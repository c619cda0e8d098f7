"""Django's admin with our own site in place of its own."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    default_site = "haowu.approvals.site.StaffSite"
