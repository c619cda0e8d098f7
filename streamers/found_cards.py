"""Cards of the selection list as HTML."""

from collections.abc import Sequence
from functools import cache

from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from haowu.tenants.requests import ScopedRequest
from haowu.web.compiled import compiled
from streamers.centre.cards import FoundCard


def cards_html(
    request: ScopedRequest, cards: Sequence[FoundCard], *, back: str = "", refused: str = "", module: str = ""
) -> SafeString:
    """``back``: where a pick without JavaScript leads; by default this page. ``refused``: why the only card's was.
    ``module``: the code of the module whose goods these are.
    """
    if not cards:
        return SafeString("")
    html = compiled("streamers/found.html").render(
        cards=cards,
        pages=_address_parts("selection-product"),
        picks=_address_parts("pick"),
        may_pick=request.membership is not None and request.membership.may_write,
        csrf_token=get_token(request),
        next=back or request.get_full_path(),
        refused=refused,
        module=module,
    )
    return mark_safe(html)  # escaped by the template


@cache
def _address_parts(route: str) -> list[str]:
    """What stands before and after a product's public id in the address of ``route``: cheaper than to reverse each."""
    return reverse(route, args=["PUBLIC-ID"]).split("PUBLIC-ID")
