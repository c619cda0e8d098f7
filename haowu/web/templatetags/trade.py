"""How amounts, rates, counts, people and goods read on pages."""

import zlib
from functools import cache
from typing import Any

from django import template
from django.core.files.storage import default_storage
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from haowu.ground import money
from haowu.web import request_ids, undo
from haowu.web.amounts import large_yuan
from haowu.web.charts import Chart

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """1290 → ¥12.90; -5 → -¥0.05; None → –."""
    if fen is None:
        return "–"
    return f"{'-' if fen < 0 else ''}¥{money.yuan(abs(fen))}"


register.filter("large_yuan", large_yuan)


@register.filter
def percent(bps: int | None) -> str:
    return "–" if bps is None else money.percent(bps)


@register.filter
def score(hundredths: int) -> str:
    """480 → 4.80."""
    return money.yuan(hundredths)


@register.filter
def count(number: int) -> str:
    """In Chinese 123456 → 12.3万, cut rather than rounded up; elsewhere 123,456."""
    if not (get_language() or "").startswith("zh") or number < 10_000:
        return f"{number:,}"
    size, unit = (100_000_000, "亿") if number >= 100_000_000 else (10_000, "万")
    return f"{number * 10 // size / 10:g}{unit}"


@register.filter
def signed(fen: int | None) -> str:
    """1290 → +¥12.90; -5 → −¥0.05; 0 → ¥0.00."""
    if not fen:
        return yuan(fen)
    return f"{'−' if fen < 0 else '+'}¥{money.yuan(abs(fen))}"


@register.simple_tag
def big_yuan(fen: int | None, css: str = "") -> SafeString:
    """An amount that carries a screen on the console: small sign, large yuan, small fen."""
    if fen is None:
        return format_html('<span class="m {}">–</span>', css)
    return format_html(
        '<span class="m {}">{}<i>¥</i>{}<small>.{}</small></span>', css, "−" if fen < 0 else "", *_yuan_and_fen(fen)
    )


@register.simple_tag
def net_yuan(fen: int | None, css: str = "") -> SafeString:
    """An amount on the phone: small sign, large yuan, small fen."""
    if fen is None:
        return format_html('<span class="yuan {}">–</span>', css)
    return format_html('<span class="yuan {}">{}¥<b>{}</b>.{}</span>', css, "−" if fen < 0 else "", *_yuan_and_fen(fen))


def _yuan_and_fen(fen: int) -> tuple[str, str]:
    whole, part = divmod(abs(fen), 100)
    return f"{whole:,}", f"{part:02}"


@register.simple_tag
def icon(name: str, css: str = "ic") -> SafeString:
    """A drawing of the sprite. It says nothing by itself: a word stands beside it, or an ``aria-label`` around it."""
    return _drawing(name, css)


@cache
def _drawing(name: str, css: str) -> SafeString:
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', css, _sprite(), name)


@cache
def _sprite() -> str:
    return static("haowu/icons.svg")


@register.simple_tag
def face(tenant: Any, css: str = "") -> SafeString:
    """A person or a shop: its picture, or its first character on a ground that stays the same for it."""
    picture = getattr(tenant, "avatar", None)
    if picture:
        return format_html(
            '<span class="mark-of {}"><img src="{}" alt="" width="64" height="64" loading="lazy"></span>',
            css,
            picture.url,
        )
    name = str(getattr(tenant, "name", tenant) or "?")
    ground = zlib.crc32(name.encode()) % 5 + 1
    return format_html('<span class="mark-of mark-{} {}" aria-hidden="true">{}</span>', ground, css, name[:1])


@register.simple_tag
def good_mark(product: Any, css: str = "") -> SafeString:
    """A product's first picture, small; without one, or for a title alone, its first character.

    Pass products of a queryset ``with_cover()``, or with ``prefetch_related("images")``.
    """
    if hasattr(product, "cover"):
        return _good_mark(product, default_storage.url(product.cover) if product.cover else "", css)
    is_text = isinstance(product, str)
    pictures = [] if is_text or product is None else list(product.images.all())
    return _good_mark(product, pictures[0].small_url if pictures else "", css)


def _good_mark(product: Any, address: str, css: str) -> SafeString:
    if address:
        return format_html(
            '<span class="good-mark {}"><img src="{}" alt="" width="104" height="104" loading="lazy"></span>',
            css,
            address,
        )
    title = product if isinstance(product, str) else (product and (product.title or product.code)) or "?"
    return format_html('<span class="good-mark {}" aria-hidden="true">{}</span>', css, title[:1])


STATUS_LOOKS = {
    "good": ("j", "check"),
    "wait": ("a", "clock"),
    "bad": ("p", "alert"),
    "off": ("line", "pause"),
    "plain": ("", ""),
    "link": ("i", ""),
}
"""How a status looks by what it means: settled or live, waiting or dated, refused or failing, paused or ended."""


@register.simple_tag
def status(word: Any, means: str = "plain") -> SafeString:
    """A word with its mark. What comes next stands beside it, in the template."""
    look, drawing = STATUS_LOOKS[means]
    return format_html('<span class="bdg {}">{}{}</span>', look, icon(drawing) if drawing else "", word)


@register.simple_tag
def bars(*amounts: Any) -> SafeString:
    """A bar cut in parts: ``{% bars 90 "c1" 10 "c4" %}``, amounts of any unit and the class of each."""
    pairs = [(max(int(amount or 0), 0), css) for amount, css in zip(amounts[::2], amounts[1::2], strict=True)]
    whole = sum(amount for amount, _ in pairs) or 1
    at, drawn = 0.0, SafeString("")
    for amount, css in pairs:
        width = 100 * amount / whole
        drawn += format_html('<rect class="{}" x="{}%" width="{}%" height="8"/>', css, f"{at:.3f}", f"{width:.3f}")
        at += width
    return format_html('<svg class="hb" width="100%" height="8" aria-hidden="true">{}</svg>', drawn)


@register.simple_tag
def progress(value: int | None, of: int | None, css: str = "") -> SafeString:
    """How far ``value`` has come of ``of``; full at most."""
    share = min(100.0, 100 * max(value or 0, 0) / of) if of else 0.0
    return format_html(
        '<svg class="hb rnd {}" width="100%" height="8" aria-hidden="true">'
        '<rect class="trk" width="100%" height="8" rx="4"/><rect class="v" width="{}%" height="8" rx="4"/></svg>',
        css,
        f"{share:.2f}",
    )


@register.simple_tag
def spark(values: Any) -> SafeString:
    """A small line of figures; green where it ends higher than it began, plum where lower."""
    points = [float(value or 0) for value in values]
    if len(points) < 2:
        return SafeString("")
    low, high = min(points), max(points)
    step, room = 60 / (len(points) - 1), (high - low) or 1
    drawn = " ".join(f"{2 + place * step:.1f},{17 - 14 * (v - low) / room:.1f}" for place, v in enumerate(points))
    trend = "up" if points[-1] > points[0] else "dn" if points[-1] < points[0] else ""
    end = drawn.rsplit(" ", 1)[-1].split(",")
    return format_html(
        '<svg class="spark {}" viewBox="0 0 64 20" aria-hidden="true"><polyline points="{}"/>'
        '<circle cx="{}" cy="{}" r="2"/></svg>',
        trend,
        drawn,
        *end,
    )


@register.simple_tag
def columns(rows: Any) -> SafeString:
    """``[(label, fen)]`` as standing bars with their amounts in yuan, for a phone; the first is the next to come."""
    drawn, bars_of = SafeString(""), list(rows)
    width = 358 / max(len(bars_of), 1)
    highest = max((fen for _, fen in bars_of), default=0) or 1
    for place, (label, fen) in enumerate(bars_of):
        height = 72 * max(fen, 0) / highest
        middle, top = (place + 0.5) * width, 102 - height
        look = ("f1", "t-earn", "t-ink") if place == 0 else ("f2", "t-soft", "t-soft")
        amount = f"{fen // 100:,}" if fen else "–"
        drawn += format_html(
            '<rect x="{}" y="{}" width="{}" height="{}" rx="3" class="{}"/>'
            '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>'
            '<text class="{}" x="{}" y="121" text-anchor="middle">{}</text>',
            *(f"{middle - 18:.1f}", f"{top:.1f}", "36", f"{height:.1f}", look[0]),
            *(look[1], f"{middle:.1f}", f"{top - 6:.1f}", amount),
            *(look[2], f"{middle:.1f}", label),
        )
    return format_html('<svg class="chart" viewBox="0 0 358 128" aria-hidden="true">{}</svg>', drawn)


@register.filter
def choice(value: Any, chosen: Any) -> bool:
    """Whether ``value`` is ``chosen``, compared as text."""
    return str(value) == str(chosen)


@register.simple_tag
def chart_data(chart: Chart, name: str) -> SafeString:
    """What the browser draws, as data beside the place for it."""
    return mark_safe(json_script(chart.as_json(), f"{name}-data").replace("<script ", "<script data-chart ", 1))


@register.filter
def undo_form(message: Any) -> dict[str, Any] | None:
    """The form beside a message that takes back what it says was done."""
    return undo.form_of(message)


@register.simple_tag
def request_id() -> str:
    """What somebody who writes to the platform about this page should name."""
    return request_ids.current()
