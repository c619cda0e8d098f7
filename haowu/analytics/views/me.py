"""A streamer's own page: who he is, what waits for him today, his money, and the way to everything else."""

from datetime import timedelta
from typing import Any

from django.views.generic import TemplateView

from bases.models import Booking
from commissions.statements.earnings import buckets, coming_nights
from haowu.approvals import notices
from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import PersonalRecord, Tenant
from tuanzhang.models import Recipient

NOTICES = 4
SOON = timedelta(hours=24)


class Me(TenantRequiredMixin, TemplateView):
    kind = Tenant.Kind.STREAMER
    template_name = "analytics/me.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        streamer, at = self.request.tenant, days.now()
        money = buckets(streamer)
        kept = PersonalRecord.objects.visible_to(streamer)
        account = kept.current(PersonalRecord.Kind.BANK_ACCOUNT)
        bookings = list(Booking.objects.visible_to(streamer).ahead(at).select_related("room__base__base")[:1])
        recommended = Recipient.objects.waiting_for(streamer).select_related("recommendation__leader")
        return super().get_context_data(
            profile=streamer.profile,
            buckets=money,
            coming_fen=money.pending_fen + money.holding_fen,
            tonight=coming_nights(streamer, days.day_of(at), nights=1)[0],
            account=account,
            is_verified=kept.current(PersonalRecord.Kind.IDENTITY) is not None,
            needs_account=account is None and money.available_fen > 0,
            booking=bookings[0] if bookings and bookings[0].starts_at <= at + SOON else None,
            recommended=recommended.order_by("-recommendation__recommended_at").first(),
            notices=notices.page(self.request.user, streamer).notices[:NOTICES],
            **context,
        )
