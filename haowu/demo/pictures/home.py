"""Furniture, boxes and ornaments of the house."""

from haowu.demo.pictures.canvas import INK, Canvas, Colour, dark, light, mix
from haowu.demo.pictures.looks import Look
from haowu.demo.pictures.motifs import figure
from haowu.demo.pictures.scenes import on_cloth, on_table, on_wall
from haowu.demo.pictures.shapes import box, ellipse, heart, smooth, star

CREAM: Colour = (250, 244, 230)
WOOD: Colour = (190, 142, 98)
BRASS: Colour = (206, 168, 92)


def drawers(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 90, 32, 4)
    for x in (24, 72):
        c.fill(box(x, 82, x + 4, 90), dark(look.base, 0.3))
    body = box(20, 24, 80, 84, 2)
    c.fill(body, look.base)
    c.shade(body, 0.16)
    c.fill(box(17, 21, 83, 27, 1.4), dark(look.base, 0.14))
    for row, y in enumerate((30, 48, 66)):
        for x0, x1 in ((24, 49), (51, 76)) if row < 2 else ((24, 76),):
            front = box(x0, y, x1, y + 15, 1)
            c.fill(front, look.paint(light(look.base, 0.28)))
            c.line([*front, front[0]], dark(look.base, 0.2), 0.4)
            c.dot((x0 + x1) / 2, y + 7.6, 1.8, BRASS)
    look.emblem(c, 50, 14, 6)


def basket(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 32, 5)
    cane = look.base if look.base[2] < look.base[0] and sum(look.base) < 690 else (202, 160, 108)
    c.line(smooth([(26, 54), (32, 22), (50, 14), (68, 22), (74, 54)], is_closed=False), dark(cane, 0.1), 3.4)
    c.fill(smooth([(24, 52), (36, 44), (50, 47), (64, 43), (76, 52), (60, 60), (40, 60)]), look.all_over())
    body = [(20, 52), (80, 52), (72, 87), (28, 87)]
    c.fill(body, cane)
    for row in range(6):
        y = 54 + row * 6
        inset = row * 1.6
        for place in range(8):
            x = 23 + inset + place * (54 - 2 * inset) / 7 + (row % 2) * 1.5 - 1
            c.fill(box(x - 2.4, y, x + 2.4, y + 3.6, 1.2), light(cane, 0.22) if (row + place) % 2 else dark(cane, 0.12))
    c.shade(body)
    c.fill(box(18, 50, 82, 55, 2.4), dark(cane, 0.1))


def giftbox(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 30, 5)
    body = box(23, 50, 77, 88, 2)
    c.fill(body, look.paint())
    c.shade(body, 0.2)
    lid = box(19, 38, 81, 52, 2)
    c.fill(lid, look.paint(dark(look.base, 0.1)))
    c.shade(lid, 0.2)
    ribbon = look.trim if look.trim != look.base else light(look.base, 0.6)
    ribbon = CREAM if sum(abs(a - b) for a, b in zip(ribbon, look.base, strict=True)) < 90 else ribbon
    c.fill(box(46, 38, 54, 88), ribbon)
    for side in (-1, 1):
        bow = smooth([(50, 38), (50 + side * 8, 24), (50 + side * 20, 24), (50 + side * 17, 35)])
        c.fill(bow, ribbon)
        c.tint(smooth([(50, 37), (50 + side * 9, 29), (50 + side * 15, 29), (50 + side * 13, 34)]), INK, 0.12)
    c.dot(50, 37, 3.4, dark(ribbon, 0.1))
    look.emblem(c, 35, 70, 7)


def figurine(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 24, 4)
    stand = [*ellipse(50, 86, 20, 4, 0, 180), *ellipse(50, 80, 20, 4, 180, 360)]
    c.fill(stand, WOOD)
    c.shade(stand)
    c.fill(ellipse(50, 80, 20, 4), light(WOOD, 0.2))
    name = look.motif if look.motif and look.motif not in ("spots", "stripes", "check", "paisley") else ""
    figure(
        c,
        name or ("bird", "rabbit", "elephant", "deer", "owl", "horse", "cat")[look.chance("figure", of=7)],
        50,
        52,
        27,
        look.base,
    )


def ornament(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    c.fill(box(8, 10, 92, 13, 1.4), WOOD)
    names = {"hearts": "heart", "stars": "star", "floral": "flower"}
    name = names.get(look.motif, look.motif)
    for x, length, size in ((26, 38, 12), (50, 56, 17), (75, 34, 11)):
        c.line([(x, 12), (x, length - size * 0.4)], dark(look.wall, 0.4), 0.7)
        c.shadow(x + 2, length + size * 0.5, size * 1.3, size * 1.3, 0.3)
        tone = look.base if x == 50 else light(look.base, 0.25)
        if name and name not in ("spots", "stripes", "check", "paisley"):
            figure(c, name, x, length + size * 0.5, size, tone)
            c.dot(x, length - size * 0.35, 1.6, look.trim)
        else:
            _bauble(c, look, x, length + size * 0.5, size, tone)


def _bauble(c: Canvas, look: Look, x: float, y: float, size: float, tone: Colour) -> None:
    form = (ellipse(x, y, size, size), heart(x, y, size), star(x, y, size * 1.1))[look.chance("form", of=3)]
    c.fill(form, look.paint(tone))
    c.shade(form, 0.2)
    c.fill(box(x - 2, y - size - 2, x + 2, y - size + 1.4, 1), BRASS)


def tile_mat(c: Canvas, look: Look) -> None:
    """Door mats and rugs, on a floor of boards."""
    on_cloth(c, look)
    for y in range(0, 100, 14):
        c.fill(box(0, y, 100, y + 13.4), mix((206, 176, 142), look.wall, 0.35 + y % 28 / 140))
    c.shadow(52, 56, 46, 30, 0.3)
    c.fill(box(10, 26, 90, 76, 2), dark(look.base, 0.25))
    inner = box(13, 29, 87, 73, 1)
    c.fill(
        inner,
        look.all_over() if look.motif in ("spots", "stripes", "check", "stars", "hearts", "paisley") else look.base,
    )
    c.shade(inner, 0.1)
    if look.motif not in ("spots", "stripes", "check", "stars", "hearts", "paisley"):
        figure(c, look.motif or "heart", 50, 51, 15, look.ink)
        for x in (24, 76):
            figure(c, "heart", x, 51, 5, look.ink)
    for x in range(11, 90, 3):
        for y in (22, 76):
            c.line([(x, y), (x, y + 4)], light(look.base, 0.2), 0.9)
