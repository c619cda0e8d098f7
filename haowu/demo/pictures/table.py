"""Goods of the kitchen and the table."""

from haowu.demo.pictures.canvas import WHITE, Canvas, Colour, dark, light, mix
from haowu.demo.pictures.looks import Look
from haowu.demo.pictures.scenes import on_cloth, on_table
from haowu.demo.pictures.shapes import Outline, box, ellipse, mirrored, smooth, tapered, turned

STEEL: Colour = (176, 182, 190)
CREAM: Colour = (250, 244, 230)
WOOD: Colour = (186, 138, 94)


def vessel(c: Canvas, look: Look, outline: Outline, rim: tuple[float, float, float, float] | None = None) -> None:
    """A round body with its shade; ``rim`` is the ellipse of its mouth."""
    look.surface(c, outline)
    c.shade(outline)
    if rim:
        c.fill(ellipse(*rim), light(look.base, 0.3))
        c.fill(ellipse(rim[0], rim[1] + 0.5, rim[2] * 0.9, rim[3] * 0.74), dark(look.base, 0.32))


def mug(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(52, 84, 27, 5)
    handle = smooth([(66, 44), (82, 42), (84, 58), (76, 68), (66, 68)], is_closed=False)
    c.line(handle, dark(look.base, 0.1), 5)
    body = mirrored([(70, 36), (69, 76), *ellipse(62, 78, 7, 6, 0, 90)], 48)
    vessel(c, look, body, (48, 36, 22, 4.4))
    look.emblem(c, 48, 60, 11)
    if look.chance("steam", of=2):
        for x in (42, 52):
            c.line(smooth([(x, 28), (x + 3, 22), (x - 1, 17), (x + 2, 11)], is_closed=False), light(look.wall, 0.7), 1)


def teacup(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 85, 34, 5)
    c.fill(ellipse(50, 82, 34, 6), dark(look.base, 0.08))
    c.fill(ellipse(50, 80.8, 34, 5.8), light(look.base, 0.35))
    c.fill(ellipse(50, 80.6, 22, 3.2), dark(look.base, 0.12))
    c.line(smooth([(72, 50), (85, 48), (84, 60), (70, 67)], is_closed=False), dark(look.base, 0.1), 3.2)
    body = mirrored([(76, 44), (72, 60), (64, 72), (58, 77), (56, 80)], 49)
    vessel(c, look, body, (49, 44, 27, 4.6))
    c.fill(ellipse(49, 45, 22.5, 3), (168, 104, 58))
    look.emblem(c, 49, 60, 8.5)


def teapot(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 85, 32, 5)
    spout = smooth([(24, 62), (16, 54), (11, 42), (16, 41), (22, 48), (32, 54)])
    c.fill(spout, dark(look.base, 0.1))
    c.line(smooth([(74, 50), (90, 48), (88, 68), (72, 72)], is_closed=False), dark(look.base, 0.12), 4)
    body = smooth([(50, 40), (70, 45), (78, 62), (68, 81), (50, 84), (32, 81), (22, 62), (30, 45)])
    vessel(c, look, body)
    lid = smooth([(34, 44), (40, 36), (50, 34), (60, 36), (66, 44), (50, 47)])
    c.fill(lid, light(look.base, 0.2))
    c.shade(lid)
    c.dot(50, 31.5, 3.6, look.trim)
    look.emblem(c, 50, 63, 11)


def jug(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(52, 86, 24, 5)
    c.line(smooth([(64, 36), (82, 36), (82, 58), (68, 66)], is_closed=False), dark(look.base, 0.12), 4.2)
    right = [(64, 28), (62, 40), (70, 56), (70, 74), (62, 84), (50, 86)]
    left = [(38, 84), (30, 74), (30, 56), (38, 40), (35, 32), (27, 26), (46, 29)]
    body = smooth([*right, *left])
    vessel(c, look, body)
    c.fill(smooth([(30, 27.5), (46, 26), (63, 28), (46, 31)]), dark(look.base, 0.3))
    look.emblem(c, 50, 64, 10)


def bowl(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 85, 28, 5)
    c.fill(box(38, 80, 62, 85, 2), dark(look.base, 0.18))
    body = [*ellipse(50, 50, 33, 32, 0, 180)]
    vessel(c, look, body, (50, 50, 33, 6.4))
    if look.chance("fruit", of=3) == 0:
        for x, y, colour in ((38, 44, (232, 140, 70)), (50, 41, (206, 76, 66)), (62, 44, (150, 176, 88))):
            c.dot(x, y, 8, colour)
            c.tint(ellipse(x - 2.6, y - 2.6, 2.4, 2.4), WHITE, 0.5)
        c.fill([*ellipse(50, 50, 33, 6.4, 0, 180)], look.paint())
    look.emblem(c, 50, 67, 8.5)


def plate(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    c.shadow(52, 56, 38, 36, 0.3)
    c.fill(ellipse(50, 50, 36, 36), look.paint())
    c.fill(ellipse(50, 50, 26, 26), dark(look.base, 0.07))
    c.fill(ellipse(50, 50.6, 25, 25), light(look.base, 0.42))
    c.tint(ellipse(44, 42, 16, 14), WHITE, 0.3)
    if look.motif:
        look.emblem(c, 50, 51, 13)
    fork(c, 9, STEEL)


def fork(c: Canvas, x: float, colour: Colour) -> None:
    c.line([(x, 46), (x, 80)], colour, 2)
    for dx in (-2, 0, 2):
        c.line([(x + dx, 28), (x + dx, 40)], colour, 1)
    c.fill(smooth([(x - 2.5, 39), (x + 2.5, 39), (x + 1.4, 48), (x - 1.4, 48)]), colour)


def tray(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    slab = turned(box(14, 26, 86, 76, 7), 50, 50, -6)
    c.shadow(53, 57, 42, 32, 0.32)
    c.fill(slab, dark(look.base, 0.18))
    inner = turned(box(18, 30, 82, 72, 5), 50, 50, -6)
    c.fill(inner, look.all_over())
    c.shade(inner, 0.12)
    for x in (13, 81):
        c.fill(turned(box(x, 44, x + 6, 58, 2.6), 50, 50, -6), dark(look.base, 0.35))


def glass(c: Canvas, look: Look) -> None:
    on_table(c, look)
    tone = light(look.base, 0.4)
    c.shadow(50, 86, 18, 4)
    c.fill(ellipse(50, 85, 15, 3), mix(tone, WHITE, 0.3))
    c.line([(50, 60), (50, 84)], mix(tone, WHITE, 0.3), 2.4)
    cup = mirrored([(68, 22), (69, 40), (64, 53), (55, 60), (50, 61)])
    c.tint(cup, tone, 0.75)
    c.tint(mirrored([(68.4, 36), (68, 42), (63.5, 53), (55, 59.4), (50, 60)]), look.base, 0.75)
    c.fill(ellipse(50, 36, 18.4, 3), light(look.base, 0.25))
    c.tint(ellipse(38, 40, 2, 12), WHITE, 0.6)
    c.line(ellipse(50, 22, 18, 3), mix(tone, WHITE, 0.6), 0.8)


def cutlery(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    c.fill(turned(box(24, 20, 78, 84, 2), 50, 50, 4), look.all_over())
    c.tint(turned(box(50, 20, 51, 84), 50, 50, 4), WHITE, 0.5)
    for x in (38, 50, 63):
        c.shadow(x + 2, 56, 4, 32, 0.3)
    handle = look.trim if look.chance("handles", of=2) else dark(WOOD, 0.1)
    fork(c, 38, STEEL)
    c.fill(box(36, 54, 40, 82, 2), handle)
    c.fill(smooth([(48, 24), (53, 24), (53.6, 44), (52, 56), (48.6, 56)]), STEEL)
    c.fill(box(48, 54, 52.4, 82, 2), handle)
    c.fill(ellipse(63, 32, 5, 8), STEEL)
    c.tint(ellipse(61.6, 30, 1.8, 4), WHITE, 0.6)
    c.line([(63, 40), (63, 60)], STEEL, 2)
    c.fill(box(61, 54, 65, 82, 2), handle)


def pan(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    c.shadow(45, 58, 34, 32)
    c.line([(62, 40), (92, 14)], dark(look.base, 0.4), 6)
    c.dot(91, 15, 1.2, light(look.wall, 0.4))
    c.dot(42, 54, 31, dark(look.base, 0.2))
    c.dot(42, 53, 30, look.base)
    c.dot(42, 53, 25, (74, 70, 72))
    c.dot(41, 52, 22, (90, 86, 88))
    egg = smooth([(30, 48), (42, 38), (54, 44), (56, 58), (44, 66), (30, 60)])
    c.fill(egg, (252, 248, 240))
    c.dot(43, 52, 6.4, (244, 184, 66))
    c.tint(ellipse(41, 50, 2, 2), WHITE, 0.7)


def cakestand(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 22, 4)
    tone = light(look.base, 0.15)
    for y, half, next_y in ((80, 30, 86), (58, 23, 79), (38, 16, 57)):
        c.fill(mirrored([(52.5, y), (52, next_y), (50, next_y)]), dark(tone, 0.15))
        c.fill(ellipse(50, y + 1.6, half, 3.6), dark(tone, 0.14))
        plate_top = ellipse(50, y, half, 3.6)
        c.fill(plate_top, tone)
    c.fill(ellipse(50, 88, 13, 2.6), dark(tone, 0.14))
    for y, xs in ((80, (28, 40, 60, 72)), (58, (34, 50, 66)), (38, (43, 57))):
        for place, x in enumerate(xs):
            _cake(c, x, y - 0.5, ((246, 188, 196), (250, 232, 196), (150, 96, 70))[(place + int(y)) % 3])
    c.line(ellipse(50, 24, 3, 3.4), tone, 1.2)
    c.line([(50, 27), (50, 36)], tone, 1.4)


def _cake(c: Canvas, x: float, y: float, icing: Colour) -> None:
    c.fill([(x - 4.6, y - 5), (x + 4.6, y - 5), (x + 3.4, y), (x - 3.4, y)], (214, 158, 104))
    c.fill(smooth([(x - 5, y - 5), (x - 3, y - 8.6), (x, y - 10), (x + 3, y - 8.6), (x + 5, y - 5)]), icing)
    c.dot(x, y - 10, 1.1, (206, 60, 64))


def cupcake(c: Canvas, look: Look) -> None:
    on_table(c, look)
    for x, y, s in ((30, 82, 0.78), (71, 82, 0.78), (50, 87, 1.05)):
        c.shadow(x, y, 17 * s, 3.4 * s)
        side = [(x - 17 * s, y - 24 * s), (x + 17 * s, y - 24 * s), (x + 12 * s, y), (x - 12 * s, y)]
        c.fill(side, look.all_over())
        for step in range(-3, 4):
            pleat = [(x + step * 5 * s, y - 24 * s), (x + step * 3.6 * s, y)]
            c.line(pleat, dark(look.base, 0.12), 0.5)
        c.shade(side, 0.18)
        icing = light(look.ink, 0.35) if sum(look.ink) < 600 else (250, 226, 208)
        for width, top, bottom in ((19, 24, 32), (15, 31, 39), (9.5, 38, 45)):
            c.fill(ellipse(x, y - (top + bottom) / 2 * s, width * s, (bottom - top) * 0.72 * s), icing)
            icing = light(icing, 0.22)
        c.dot(x, y - 47 * s, 3.2 * s, (208, 62, 66))


def tin(c: Canvas, look: Look) -> None:
    on_table(c, look)
    sizes = (
        ((50, 88, 25, 26), (50, 64, 20, 20), (50, 46, 15, 15)) if look.chance("stack", of=2) else ((50, 88, 26, 46),)
    )
    c.shadow(50, 88, 28, 5)
    for x, y, half, height in sizes:
        side = [*ellipse(x, y - 3, half, 4, 0, 180), *ellipse(x, y - height + 3, half, 4, 180, 360)]
        c.fill(side, look.all_over())
        c.shade(side)
        lid = [*ellipse(x, y - height + 6, half + 1, 4, 0, 180), *ellipse(x, y - height + 1, half + 1, 4, 180, 360)]
        c.fill(lid, look.trim)
        c.shade(lid)
        c.fill(ellipse(x, y - height + 1, half + 1, 4), light(look.trim, 0.2))


def jar(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 87, 23, 5)
    body = box(27, 34, 73, 87, 9)
    pale = mix(look.wall, WHITE, 0.45)
    c.fill(body, pale)
    inside = box(30, 50, 70, 84, 7)
    c.fill(inside, look.base)
    for place in range(14):
        x, y = 35 + place % 5 * 6.6 + place // 5 % 2 * 3, 55 + place // 5 * 11
        c.dot(x, y, 4.4, light(look.base, 0.12 + place % 3 * 0.12))
    c.tint(box(31, 38, 35, 82, 2), WHITE, 0.55)
    c.shade(body, 0.14)
    c.fill(box(30, 20, 70, 35, 4), look.paint(look.trim))
    c.shade(box(30, 20, 70, 35, 4), 0.2)
    label = box(36, 58, 64, 76, 2)
    c.fill(label, CREAM)
    look.emblem(c, 50, 67, 6)
    if not look.motif or look.motif in ("spots", "stripes", "check"):
        c.line([(41, 67), (59, 67)], dark(CREAM, 0.4), 1)


def bottle(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 16, 4)
    neck = [(55, 20), (55, 36), (64, 48), (66, 56), (66, 82), (62, 88), (50, 88)]
    body = mirrored(neck)
    c.fill(body, mix(look.base, WHITE, 0.15))
    c.shade(body, 0.24)
    label = box(34, 58, 66, 78)
    c.fill(label, look.paint(light(look.base, 0.55)))
    look.emblem(c, 50, 68, 7)
    c.fill(box(44, 14, 56, 24, 2), dark(WOOD, 0.05))
    c.tint(box(39, 50, 41.6, 84, 1.2), WHITE, 0.55)


def lunchbox(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 86, 36, 5)
    body = box(17, 44, 83, 86, 8)
    look.surface(c, body)
    c.shade(body, 0.2)
    lid = box(15, 36, 85, 52, 7)
    c.fill(lid, look.trim)
    c.shade(lid, 0.2, is_upright=True)
    c.line(smooth([(36, 37), (38, 26), (62, 26), (64, 37)], is_closed=False), dark(look.trim, 0.2), 4)
    c.fill(box(45, 47, 55, 58, 2.4), light(look.trim, 0.55))
    look.emblem(c, 50, 70, 9)


def partyware(c: Canvas, look: Look) -> None:
    """Paper cups and napkins of a party."""
    on_table(c, look)
    for x, y in ((30, 84), (70, 84), (50, 88)):
        c.shadow(x, y, 13, 3)
        cup = tapered(x, y - 34, y, 13, 10)
        c.fill(cup, look.all_over())
        c.shade(cup)
        c.fill(ellipse(x, y - 34, 13, 2.8), light(look.base, 0.4))
        c.fill(ellipse(x, y - 33.6, 11.4, 2), dark(look.base, 0.3))
