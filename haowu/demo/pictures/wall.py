"""What hangs on a wall or is fixed to something."""

from haowu.demo.pictures.canvas import INK, WHITE, Canvas, Colour, dark, light, mix
from haowu.demo.pictures.looks import Look
from haowu.demo.pictures.motifs import figure
from haowu.demo.pictures.scenes import on_table, on_wall
from haowu.demo.pictures.shapes import Outline, box, ellipse, heart, smooth, turned

CREAM: Colour = (250, 244, 230)
WOOD: Colour = (190, 142, 98)
BRASS: Colour = (206, 168, 92)


def clock(c: Canvas, look: Look) -> None:
    if look.chance("alarm", of=2):
        on_table(c, look)
        c.shadow(50, 88, 26, 4)
        for side in (-1, 1):
            c.line([(50 + side * 16, 78), (50 + side * 22, 88)], dark(look.base, 0.2), 4)
            c.fill(turned(ellipse(50 + side * 17, 26, 9, 6, 180, 360), 50 + side * 17, 26, side * 32), look.trim)
        c.line([(46, 22), (54, 22)], dark(look.base, 0.2), 3)
        _dial(c, look, 50, 56, 29)
    else:
        on_wall(c, look)
        c.shadow(52, 54, 40, 40, 0.35)
        _dial(c, look, 50, 50, 36)


def _dial(c: Canvas, look: Look, x: float, y: float, r: float) -> None:
    c.dot(x, y, r, look.base)
    c.shade(ellipse(x, y, r, r), 0.25)
    c.dot(x, y, r * 0.82, CREAM)
    for hour in range(12):
        tick = [(x, y - r * 0.74), (x, y - r * (0.62 if hour % 3 == 0 else 0.69))]
        c.line(turned(tick, x, y, hour * 30), INK, r * (0.05 if hour % 3 == 0 else 0.03))
    look.emblem(c, x, y + r * 0.36, r * 0.17)
    hour = look.chance("hour", of=12) * 30
    c.line(turned([(x, y), (x, y - r * 0.4)], x, y, hour + 25), INK, r * 0.07)
    c.line(turned([(x, y), (x, y - r * 0.62)], x, y, look.chance("minute", of=12) * 30), INK, r * 0.045)
    c.dot(x, y, r * 0.07, look.trim)


def mirror(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    c.shadow(52, 54, 36, 44, 0.35)
    outer = heart(50, 56, 36) if look.motif == "heart" else ellipse(50, 50, 30, 38)
    inner = heart(50, 55, 28) if look.motif == "heart" else ellipse(50, 50, 24, 32)
    c.fill(outer, look.base)
    c.shade(outer)
    c.fill(inner, (214, 230, 236))
    c.tint(turned(box(34, 20, 42, 80), 50, 50, 28), WHITE, 0.55)
    c.tint(turned(box(48, 20, 51, 80), 50, 50, 28), WHITE, 0.45)
    if look.motif != "heart":
        for turn in range(0, 360, 45):
            x, y = turned([(50, 15)], 50, 50, turn)[0]
            figure(c, "flower", 50 + (x - 50) * 0.78, y, 3.6, light(look.base, 0.4))


def frame(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    if look.chance("several", of=3) == 0:
        for x0, y0, x1, y1 in ((14, 20, 48, 52), (53, 14, 86, 58), (22, 57, 48, 86), (53, 63, 80, 88)):
            _framed(c, look, x0, y0, x1, y1, 3.4)
    else:
        _framed(c, look, 22, 14, 78, 86, 6)


def _framed(c: Canvas, look: Look, x0: float, y0: float, x1: float, y1: float, edge: float) -> None:
    x, y, half = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2
    c.shadow(x + 2, y + 3, half * 1.3, (y1 - y0) * 0.62, 0.35)
    outer = box(x0, y0, x1, y1, 1)
    c.fill(outer, look.base)
    c.shade(outer, 0.25)
    c.fill(box(x0 + edge, y0 + edge, x1 - edge, y1 - edge), CREAM)
    inset = edge * 2
    left, top, right, bottom = x0 + inset, y0 + inset, x1 - inset, y1 - inset
    c.fill(box(left, top, right, bottom), mix(look.wall, (160, 200, 214), 0.5))
    if look.motif and look.motif not in ("spots", "stripes", "check", "paisley"):
        figure(c, look.motif, x, y, half * 0.34, look.trim if look.trim != look.base else dark(look.base, 0.1))
    else:
        c.dot(x + half * 0.2, top + (bottom - top) * 0.3, half * 0.13, (250, 226, 160))
        middle = top + (bottom - top) * 0.62
        c.fill(
            [(left, bottom), (left, middle + 3), (x - half * 0.1, middle - 5), (right, middle + 5), (right, bottom)],
            (142, 172, 130),
        )
        c.fill([(left, bottom), (left, middle + 9), (right, middle + 1), (right, bottom)], (116, 150, 108))


def sign(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    c.dot(50, 16, 1.6, dark(look.wall, 0.4))
    c.line([(22, 38), (50, 16), (78, 38)], dark(WOOD, 0.2), 0.9)
    board = box(14, 36, 86, 78, 4)
    c.shadow(52, 60, 46, 28, 0.35)
    look.surface(c, board)
    c.shade(board, 0.14)
    c.fill(box(18, 40, 82, 74, 3), dark(look.base, 0.14))
    panel = box(19, 41, 81, 73, 2.6)
    c.fill(panel, light(look.base, 0.62))
    ink = dark(look.base, 0.45) if sum(look.base) > 500 else look.base
    figure(
        c,
        look.motif if look.motif and look.motif not in ("spots", "stripes", "check", "paisley") else "heart",
        32,
        57,
        7,
        ink,
    )
    for y, x1 in ((51, 76), (57, 70), (63, 74)):
        c.line([(45, y), (x1, y)], ink, 1.8 if y != 57 else 1.2)
    for x in (22, 78):
        c.dot(x, 44, 0.9, ink)


def chalkboard(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    c.shadow(52, 56, 42, 42, 0.35)
    outer = box(18, 14, 82, 84, 2)
    c.fill(outer, look.base if look.base[0] < 235 else WOOD)
    c.shade(outer)
    c.fill(box(23, 19, 77, 79), (62, 72, 70))
    chalk = (232, 236, 230)
    figure(
        c,
        look.motif if look.motif and look.motif not in ("spots", "stripes", "check", "paisley") else "heart",
        50,
        38,
        9,
        chalk,
    )
    for y, x0, x1 in ((56, 34, 66), (63, 30, 70), (70, 38, 62)):
        c.line([(x0, y), (x1, y)], chalk, 1)
    c.fill(box(56, 81, 68, 84, 1.2), WHITE)


def hook(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    board = box(12, 34, 88, 56, 4)
    c.shadow(52, 50, 46, 18, 0.35)
    look.surface(c, board)
    c.shade(board, 0.14)
    metal = BRASS if look.chance("brass", of=2) else (120, 116, 118)
    for x in (28, 50, 72):
        look.emblem(c, x, 42, 5)
        c.dot(x, 50, 3, metal)
        c.line(smooth([(x, 50), (x, 62), (x + 3, 68), (x + 8, 64)], is_closed=False), metal, 2.4)
        c.dot(x + 8, 63.4, 2, metal)
    c.fill(smooth([(22, 66), (36, 65), (38, 92), (20, 92)]), light(look.trim, 0.2))
    c.shade(smooth([(22, 66), (36, 65), (38, 92), (20, 92)]), 0.2)


def knob(c: Canvas, look: Look) -> None:
    c.gradient(0, 100, light(WOOD, 0.42), light(WOOD, 0.28))
    for y in (8, 55):
        panel = box(8, y, 92, y + 40, 2)
        c.fill(panel, light(WOOD, 0.5))
        c.shade(panel, 0.1)
        c.line([*panel, panel[0]], dark(WOOD, 0.1), 0.6)
        c.shadow(52, y + 23, 18, 17, 0.4)
        c.dot(50, y + 20, 13, BRASS)
        head = ellipse(50, y + 19.4, 11.8, 11.8)
        look.surface(c, head)
        look.emblem(c, 50, y + 19.4, 6.6)
        c.shade(head, 0.22)
        c.tint(ellipse(45.4, y + 14.4, 3, 2.2), WHITE, 0.6)


def hanger(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    c.line([(10, 20), (90, 20)], dark(WOOD, 0.1), 2.4)
    c.line(smooth([(46, 22), (48, 14), (56, 16), (55, 24), (50, 30), (50, 36)], is_closed=False), (130, 128, 130), 1.6)
    arm: Outline = smooth(
        [(50, 34), (66, 44), (86, 58), (84, 66), (64, 58), (50, 54), (36, 58), (16, 66), (14, 58), (34, 44)]
    )
    c.shadow(52, 58, 42, 16, 0.3)
    look.surface(c, arm)
    c.shade(arm, 0.2, is_upright=True)
    c.line([(22, 70), (78, 70)], dark(look.base, 0.2), 1.6)
    c.fill(heart(50, 49, 5), look.trim)
    look.emblem(c, 50, 80, 7)
