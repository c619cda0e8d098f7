"""The money of whoever is paid: its buckets, and what keeps some of it still."""

from typing import Any

from django.http import Http404, HttpRequest
from django.views.generic import TemplateView

from commissions.cases import case_story
from commissions.models import Dispute, OrderLine, Reserve, TenantHold, Withdrawal
from commissions.party_share import share_of, terms_in_short
from commissions.statements import daily
from commissions.statements.earnings import buckets, coming_nights
from haowu.ground import days
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

    def get_template_names(self) -> list[str]:
        on_phone = self.request.tenant.kind == Tenant.Kind.STREAMER
        return ["commissions/earnings_phone.html" if on_phone else "commissions/earnings.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tenant = self.request.tenant
        coming = OrderLine.objects.visible_to(tenant).coming_up().prefetch_related("product__images")[:10]
        nights = coming_nights(tenant, days.day_of(days.now()))
        upcoming = [
            {"line": line, "part": share_of(line, tenant, line.due)} | terms_in_short(tenant, line) for line in coming
        ]
        return super().get_context_data(
            buckets=buckets(tenant),
            holds=TenantHold.objects.visible_to(tenant).open(),
            disputes=case_story.named(Dispute.objects.freezing(tenant).newest_first()),
            reserves=Reserve.objects.visible_to(tenant).kept(),
            under_way=Withdrawal.objects.visible_to(tenant).under_way().newest_first()[:3],
            may_withdraw=self.request.membership.may_handle_money,
            upcoming=upcoming,
            nights=nights,
            night_bars=[(f"{night.day:%-m/%-d}", night.fen) for night in nights],
            nights_fen=sum(night.fen for night in nights),
            latest=daily.of_tenant(tenant)[:7],
            **context,
        )
