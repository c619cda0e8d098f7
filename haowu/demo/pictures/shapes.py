"""Outlines as lists of points. A picture is 100 units wide and high, y grows downwards."""

from collections.abc import Sequence
from math import cos, pi, sin

Point = tuple[float, float]
Outline = list[Point]


def ellipse(cx: float, cy: float, rx: float, ry: float, start: float = 0, end: float = 360) -> Outline:
    """An arc where it does not go round: degrees clockwise from the right."""
    steps = max(12, round(abs(end - start) / 6))
    turns = [(start + (end - start) * step / steps) * pi / 180 for step in range(steps + 1)]
    return [(cx + rx * cos(turn), cy + ry * sin(turn)) for turn in turns]


def box(x0: float, y0: float, x1: float, y1: float, r: float = 0) -> Outline:
    """A rectangle with round corners."""
    if not r:
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    corners = ((x1 - r, y0 + r, -90), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180))
    return [point for cx, cy, start in corners for point in ellipse(cx, cy, r, r, start, start + 90)]


def smooth(points: Sequence[Point], *, is_closed: bool = True) -> Outline:
    """A curve through ``points`` (Catmull-Rom)."""
    count = len(points)
    found: Outline = []
    for at in range(count if is_closed else count - 1):
        near = (at - 1, at, at + 1, at + 2)
        a, b, c, d = (points[i % count] if is_closed else points[min(max(i, 0), count - 1)] for i in near)
        found += [(_spline(a[0], b[0], c[0], d[0], t / 8), _spline(a[1], b[1], c[1], d[1], t / 8)) for t in range(8)]
    return found if is_closed else [*found, points[-1]]


def mirrored(points: Sequence[Point], cx: float = 50) -> Outline:
    """``points`` down the right side, and back up the left."""
    return [*points, *((2 * cx - x, y) for x, y in reversed(points))]


def tapered(cx: float, top: float, bottom: float, top_half: float, bottom_half: float, r: float = 2) -> Outline:
    """A cup's side: wide above, narrow below (or the other way), with round lower corners."""
    return mirrored(
        [(cx + top_half, top), (cx + bottom_half, bottom - r), *ellipse(cx + bottom_half - r, bottom - r, r, r, 0, 90)],
        cx,
    )


def heart(cx: float, cy: float, size: float) -> Outline:
    """``size`` is half its width."""
    turns = [step * pi / 24 for step in range(48)]
    return [
        (
            cx + size * sin(turn) ** 3,
            cy - size * (13 * cos(turn) - 5 * cos(2 * turn) - 2 * cos(3 * turn) - cos(4 * turn)) / 16,
        )
        for turn in turns
    ]


def star(cx: float, cy: float, size: float, points: int = 5, inner: float = 0.45) -> Outline:
    turns = [(step, -pi / 2 + step * pi / points) for step in range(2 * points)]
    radii = (size, size * inner)
    return [(cx + radii[step % 2] * cos(turn), cy + radii[step % 2] * sin(turn)) for step, turn in turns]


def moved(points: Sequence[Point], dx: float, dy: float) -> Outline:
    return [(x + dx, y + dy) for x, y in points]


def turned(points: Sequence[Point], cx: float, cy: float, degrees: float) -> Outline:
    c, s = cos(degrees * pi / 180), sin(degrees * pi / 180)
    return [(cx + (x - cx) * c - (y - cy) * s, cy + (x - cx) * s + (y - cy) * c) for x, y in points]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
