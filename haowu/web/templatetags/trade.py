"""How amounts, rates and counts read on pages."""

from django import template
from django.utils.translation import get_language

from haowu.ground import money
from haowu.web import request_ids

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """1290 → ¥12.90; -5 → -¥0.05; None → –."""
    if fen is None:
        return "–"
    return f"{'-' if fen < 0 else ''}¥{money.yuan(abs(fen))}"


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


@register.simple_tag
def request_id() -> str:
    """What somebody who writes to the platform about this page should name."""
    return request_ids.current()
