"""A commission rate over time, as steps."""

from datetime import datetime
from typing import Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from haowu.ground import days
from haowu.ground.money import percent

register = template.Library()

WIDTH, RIGHT, TOP, BOTTOM = 358, 298, 24, 72


class Since(Protocol):
    """From ``at`` on ``bps`` was paid; None: nothing."""

    at: datetime
    bps: int | None


@register.simple_tag
def rate_chart(history: list[Since]) -> SafeString:
    """The rates of ``history`` up to now, each with its figure; the last one stands out."""
    begin, now = history[0].at, days.now()
    highest = max(each.bps or 0 for each in history) or 1
    places = [
        (4 + (RIGHT - 4) * (each.at - begin) / (now - begin), BOTTOM - (BOTTOM - TOP) * (each.bps or 0) / highest)
        for each in history
    ]
    path = f"M{places[0][0]:.1f} {places[0][1]:.1f}"
    path += "".join(f"H{x:.1f}V{y:.1f}" for x, y in places[1:]) + f"H{RIGHT}"
    drawn = SafeString("")
    for (x, y), each in zip(places[:-1], history[:-1], strict=True):
        drawn += format_html('<text x="{}" y="{}">{}</text>', f"{x:.1f}", f"{y - 8:.1f}", _rate(each.bps))
    last = places[-1][1]
    return format_html(
        '<svg class="chart" viewBox="0 0 {w} 100" aria-hidden="true"><path class="grid" d="M0 {b}H{w}"/>{drawn}'
        '<path class="stroke c1" d="{path}"/><circle class="f1" cx="{r}" cy="{y}" r="4"/>'
        '<text class="t-earn" x="{after}" y="{text}">{rate}</text>'
        '<text x="0" y="94">{since}</text><text x="{r}" y="94" text-anchor="middle">{today}</text></svg>',
        w=WIDTH,
        b=BOTTOM + 6,
        drawn=drawn,
        path=path,
        r=RIGHT,
        y=f"{last:.1f}",
        after=RIGHT + 8,
        text=f"{last + 4:.1f}",
        rate=_rate(history[-1].bps),
        since=f"{days.day_of(begin):%-m/%-d}",
        today=_("今天"),
    )


def _rate(bps: int | None) -> str:
    return percent(bps or 0)
