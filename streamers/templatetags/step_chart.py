"""A rate or a price over time, as steps up to now: each with its figure, the last one standing out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from haowu.ground import days
from haowu.ground.money import percent, yuan

register = template.Library()

WIDTH, RIGHT, TOP, BOTTOM = 358, 290, 24, 72
ROOM = 40
"""How far apart two figures must stand to be read."""

Step = tuple[datetime, int]


class RateSince(Protocol):
    """From ``at`` on ``bps`` was paid; None: nothing."""

    at: datetime
    bps: int | None


class PriceSince(Protocol):
    at: datetime
    price_fen: int


@register.simple_tag
def rate_chart(history: Sequence[RateSince]) -> SafeString:
    """From nothing up to the highest rate."""
    steps = [(each.at, each.bps or 0) for each in history]
    return _drawn(steps, 0, percent, ("c1", "f1", "t-earn"))


@register.simple_tag
def price_chart(prices: Sequence[PriceSince]) -> SafeString:
    """Between the lowest and the highest: prices move by little beside what they are."""
    steps = [(each.at, each.price_fen) for each in prices]
    return _drawn(steps, min(fen for _at, fen in steps), lambda fen: f"¥{yuan(fen)}", ("c3", "f3", "t-indigo"))


def _drawn(steps: Sequence[Step], lowest: int, said: Callable[[int], str], looks: tuple[str, str, str]) -> SafeString:
    begin, now = steps[0][0], days.now()
    spread = (max(value for _at, value in steps) - lowest) or 1
    places = [
        (4 + (RIGHT - 4) * ((at - begin) / (now - begin)), BOTTOM - (BOTTOM - TOP) * (value - lowest) / spread)
        for at, value in steps
    ]
    path = f"M{places[0][0]:.1f} {places[0][1]:.1f}"
    path += "".join(f"H{x:.1f}V{y:.1f}" for x, y in places[1:]) + f"H{RIGHT}"
    stroke, fill, figure = looks
    return format_html(
        '<svg class="chart" viewBox="0 0 {w} 100" aria-hidden="true"><path class="grid" d="M0 {b}H{w}"/>{drawn}'
        '<path class="stroke {stroke}" d="{path}"/><circle class="{fill}" cx="{r}" cy="{y}" r="4"/>'
        '<text class="{figure}" x="{after}" y="{text}">{last}</text>'
        '<text x="0" y="94">{since}</text><text x="{r}" y="94" text-anchor="middle">{today}</text></svg>',
        w=WIDTH,
        b=BOTTOM + 6,
        drawn=_figures(steps, places, said),
        path=path,
        stroke=stroke,
        fill=fill,
        figure=figure,
        r=RIGHT,
        y=f"{places[-1][1]:.1f}",
        after=RIGHT + 8,
        text=f"{places[-1][1] + 4:.1f}",
        last=said(steps[-1][1]),
        since=f"{days.day_of(begin):%-m/%-d}",
        today=_("今天"),
    )


def _figures(steps: Sequence[Step], places: Sequence[tuple[float, float]], said: Callable[[int], str]) -> SafeString:
    """The figures of all steps but the last, without those that would stand upon another."""
    drawn, free_from = SafeString(""), 0.0
    for (x, y), (_at, value) in zip(places[:-1], steps[:-1], strict=True):
        if x >= free_from:
            drawn += format_html('<text x="{}" y="{}">{}</text>', f"{x:.1f}", f"{y - 8:.1f}", said(value))
            free_from = x + ROOM
    return drawn
