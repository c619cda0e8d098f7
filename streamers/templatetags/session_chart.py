"""The bars of a live session: what sold in each ten minutes, the latest in the colour of earning."""

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from haowu.ground import days
from haowu.ground.money import yuan
from streamers.sold import Sold

register = template.Library()
WIDTH, FLOOR, TOP = 358, 92, 38
LABELS = 5


@register.simple_tag
def session_chart(slices: Sequence[tuple[datetime, Sold]]) -> SafeString:
    highest = max((sold.gmv_fen for _begin, sold in slices), default=0)
    step = WIDTH / max(len(slices), 6)
    drawn = SafeString("")
    for place, (begin, sold) in enumerate(slices):
        drawn += _bar(place, step, sold.gmv_fen, highest, is_last=place == len(slices) - 1)
        if place % max(1, -(-len(slices) // LABELS)) == 0:
            middle = f"{(place + 0.5) * step:.1f}"
            drawn += format_html('<text x="{}" y="114" text-anchor="middle">{}</text>', middle, _clock(begin))
    said = _("每 10 分钟成交额，最高 ¥{highest}").format(highest=yuan(highest))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} 120" role="img" aria-label="{}"><path class="grid" d="M0 {}H{}"/>'
        '<text x="0" y="14">{}</text>{}</svg>',
        *(WIDTH, said, FLOOR + 0.5, WIDTH, _("每 10 分钟"), drawn),
    )


def _bar(place: int, step: float, fen: int, highest: int, *, is_last: bool) -> SafeString:
    height = (FLOOR - TOP) * fen / highest if highest else 0
    left, width = place * step + 2, max(step - 4, 1)
    bar = format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="2" class="{}"/>',
        *(f"{left:.1f}", f"{FLOOR - height:.1f}", f"{width:.1f}", f"{height:.1f}", "f1" if is_last else "f0"),
    )
    if fen and fen == highest:
        middle = min(max(left + width / 2, 40), WIDTH - 40)
        bar += format_html(
            '<text class="t-ink" x="{}" y="{}" text-anchor="middle">¥{}</text>',
            *(f"{middle:.1f}", f"{FLOOR - height - 6:.1f}", yuan(fen)),
        )
    return bar


def _clock(at: datetime) -> str:
    return f"{at.astimezone(days.SHANGHAI):%H:%M}"


@register.filter
def duration(seconds: int) -> str:
    """``01:44:18``."""
    minutes, rest = divmod(max(0, seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
