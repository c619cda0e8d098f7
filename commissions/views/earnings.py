"""The money of whoever is paid: its buckets, and what keeps some of it still."""

from typing import Any

from django.http import Http404, HttpRequest
from django.views.generic import TemplateView

from commissions.cases import case_story
from commissions.models import Dispute, OrderLine, Reserve, TenantHold, Withdrawal
from commissions.party_share import share_of
from commissions.statements import daily
from commissions.statements.earnings import buckets
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant


class OfPayee(TenantRequiredMixin):
    """Everybody but merchants, who pay: their money has a page of its own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        if getattr(request.tenant, "kind", None) == Tenant.Kind.MERCHANT:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class Earnings(OfPayee, TemplateView):
    """What a party has coming and has, by bucket, with what settles next and the latest statements."""

    template_name = "commissions/earnings.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tenant = self.request.tenant
        coming = OrderLine.objects.visible_to(tenant).coming_up()[:10]
        upcoming = [{"line": line, "part": share_of(line, tenant, line.due)} for line in coming]
        return super().get_context_data(
            buckets=buckets(tenant),
            holds=TenantHold.objects.visible_to(tenant).open(),
            disputes=case_story.named(Dispute.objects.freezing(tenant).newest_first()),
            reserves=Reserve.objects.visible_to(tenant).kept(),
            under_way=Withdrawal.objects.visible_to(tenant).under_way().newest_first()[:3],
            may_withdraw=self.request.membership.may_handle_money,
            upcoming=upcoming,
            latest=daily.of_tenant(tenant)[:7],
            **context,
        )
