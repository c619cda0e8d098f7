"""Up to four goods side by side. The address holds them."""

from typing import Any
from urllib.parse import urlencode

from django.views.generic import TemplateView

from haowu.ground.inputs import key
from haowu.web.templatetags.trade import count
from streamers.comparing import AT_MOST, best_net, compared, rows_of
from streamers.selection import open_to
from streamers.views import OfStreamer


class ComparePage(OfStreamer, TemplateView):
    """``product``: public ids, one to four; what cannot be opened is left out, what is too much is said."""

    template_name = "streamers/compare.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = list(dict.fromkeys(each for each in map(key, self.request.GET.getlist("product")) if each))
        chosen = asked[:AT_MOST]
        found = {each.public_id: each for each in open_to(self.request.tenant).named(chosen)}
        goods = compared(self.cards([found[each] for each in chosen if each in found]), self.looker.at)
        shown = [good.product.public_id for good in goods]
        return super().get_context_data(
            goods=[(good, urlencode({"product": _others(shown, good)}, doseq=True)) for good in goods],
            rows=rows_of(goods, count),
            best=best_net(goods),
            too_many=len(asked) - AT_MOST,
            missing=len(chosen) - len(goods),
            at_most=AT_MOST,
            **context,
        )


def _others(shown: list[str], good: Any) -> list[str]:
    return [each for each in shown if each != good.product.public_id]
