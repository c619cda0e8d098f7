"""What the pages of bases share."""

from bases.models import Base
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant


class OfBase(TenantRequiredMixin):
    kind = Tenant.Kind.BASE

    @property
    def profile(self) -> Base | None:
        return Base.objects.of(self.request.tenant)
