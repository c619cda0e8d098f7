"""Systems that call the API: OAuth clients, each acting for one tenant."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from haowu.tenants.models import Tenant


class ApiClient(AbstractApplication):
    """An OAuth 2 client of ``tenant``. What it may ask for is bounded by ``allowed_scopes`` (space-separated)."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="api_clients", verbose_name=_("租户"))
    allowed_scopes = models.CharField(_("允许的权限"), max_length=400, blank=True)

    class Meta(AbstractApplication.Meta):
        verbose_name = verbose_name_plural = _("API 客户端")
