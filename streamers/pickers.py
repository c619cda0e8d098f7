"""Streamers as options of a picker, for those who list them: merchants, leaders, bases and the platform."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from haowu.tenants.models import Tenant
from haowu.tenants.pickers import Option, PickerView
from haowu.web.templatetags.trade import count
from streamers.models import Profile


class StreamerPicker(PickerView):
    """Not for streamers: who else is here is none of their business."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.tenant is not None and request.tenant.kind == Tenant.Kind.STREAMER:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def queryset(self) -> QuerySet[Tenant]:
        return Tenant.objects.of_kind(Tenant.Kind.STREAMER).select_related("profile").order_by("-profile__fans", "pk")

    def offer(self, rows: Sequence[Tenant]) -> list[Option]:
        return [_option(row, getattr(row, "profile", None)) for row in rows]


def _option(streamer: Tenant, profile: Profile | None) -> Option:
    fans = [(_("粉丝"), count(profile.fans))] if profile and profile.fans else []
    return Option(streamer, streamer.code, streamer.name, streamer.introduction[:24], fans)
