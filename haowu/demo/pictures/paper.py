"""What is written on, written with and wrapped in."""

from haowu.demo.pictures.canvas import WHITE, Canvas, Colour, dark, light
from haowu.demo.pictures.looks import Look
from haowu.demo.pictures.motifs import PATTERNS, figure
from haowu.demo.pictures.scenes import on_cloth, on_table
from haowu.demo.pictures.shapes import box, ellipse, heart, turned

CREAM: Colour = (250, 244, 230)
KRAFT: Colour = (206, 172, 132)
GAY: tuple[Colour, ...] = ((222, 104, 92), (242, 200, 96), (112, 166, 152), (118, 150, 196), (236, 164, 178))


def notebook(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    c.shadow(54, 56, 34, 38, 0.32)
    c.fill(turned(box(26, 15, 80, 86, 2), 50, 50, 5), dark(look.base, 0.3))
    c.fill(turned(box(27, 16, 78.6, 84, 1), 50, 50, 5), CREAM)
    cover = turned(box(22, 13, 75, 83, 2), 50, 50, 5)
    c.fill(cover, look.all_over())
    c.shade(cover, 0.1)
    c.fill(turned(box(22, 13, 30, 83), 50, 50, 5), look.trim)
    label = turned(box(38, 28, 68, 46, 2), 50, 50, 5)
    c.fill(label, CREAM)
    for y in (34, 39):
        c.line(turned([(43, y), (63, y)], 50, 50, 5), dark(CREAM, 0.35), 0.8)
    pencil_at(c, 84, 52, -12, GAY[look.chance("pencil", of=5)])


def pencil_at(c: Canvas, x: float, y: float, turn: float, colour: Colour) -> None:
    c.fill(turned(box(x - 2.6, y - 28, x + 2.6, y + 24), x, y, turn), colour)
    c.fill(turned(box(x - 0.9, y - 28, x + 0.9, y + 24), x, y, turn), light(colour, 0.3))
    c.fill(turned([(x - 2.6, y + 24), (x + 2.6, y + 24), (x, y + 33)], x, y, turn), (236, 208, 168))
    c.fill(turned([(x - 0.9, y + 30), (x + 0.9, y + 30), (x, y + 33)], x, y, turn), dark(colour, 0.5))
    c.fill(turned(box(x - 2.6, y - 33, x + 2.6, y - 28, 1), x, y, turn), (240, 168, 168))


def pencil(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 18, 4)
    for place, (x, turn) in enumerate(((38, -16), (44, -6), (50, 2), (56, 9), (62, 18))):
        pencil_at(c, x, 40, turn + 180, GAY[(place + look.chance("first", of=5)) % 5])
    tube = [*ellipse(50, 84, 17, 4, 0, 180), *ellipse(50, 50, 17, 3.6, 180, 0)]
    c.fill(tube, look.all_over())
    c.shade(tube)
    c.line(ellipse(50, 50, 17, 3.6, 0, 180), light(look.base, 0.3), 1.4)


def card(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    envelope = turned(box(30, 34, 88, 78, 1), 56, 56, 8)
    c.shadow(60, 62, 38, 28, 0.3)
    c.fill(envelope, KRAFT)
    c.fill(turned([(30, 34), (88, 34), (59, 60)], 56, 56, 8), dark(KRAFT, 0.1))
    front = turned(box(18, 16, 62, 76, 1.4), 40, 46, -7)
    c.shadow(43, 50, 28, 34, 0.3)
    c.fill(front, look.paint(light(look.base, 0.25)))
    inner = turned(box(23, 21, 57, 71, 1), 40, 46, -7)
    c.fill(inner, CREAM)
    figure(
        c,
        look.motif
        if look.motif and look.motif not in PATTERNS
        else ("heart", "flower", "bird")[look.chance("f", of=3)],
        40,
        42,
        11,
        look.base if sum(look.base) < 640 else look.trim,
    )
    c.line(turned([(31, 62), (49, 62)], 40, 46, -7), dark(look.base, 0.2), 1.2)


def wrap(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    paints = (look.all_over(), look.ink, light(look.base, 0.2))
    for (x, turn), paint in zip(((34, -16), (68, 12), (50, -3)), paints, strict=True):
        roll = turned(box(x - 9, 12, x + 9, 86), 50, 52, turn)
        c.shadow(x + 3, 54, 13, 38, 0.25)
        c.fill(roll, paint)
        c.shade(roll, 0.2)
        end = turned([(x, 12)], 50, 52, turn)[0]
        c.fill(ellipse(end[0], end[1], 9, 3), light(look.base, 0.5))
        c.fill(ellipse(end[0], end[1], 4, 1.3), dark(look.base, 0.3))
    band = box(40, 48, 60, 56)
    c.fill(turned(band, 50, 52, -3), CREAM)
    c.fill(heart(50, 52, 3), look.trim)


def sticker(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    sheet = turned(box(18, 12, 82, 88, 3), 50, 50, -4)
    c.shadow(54, 56, 40, 42, 0.25)
    c.fill(sheet, WHITE)
    names = [look.motif] if look.motif and look.motif not in PATTERNS else []
    names += ["heart", "star", "flower", "bird", "leaf", "apple", "cat"]
    for place in range(9):
        x, y = turned([(32 + place % 3 * 18, 28 + place // 3 * 22)], 50, 50, -4)[0]
        tone = (look.base, *GAY)[(place * 2 + look.chance("c", of=3)) % 6]
        c.dot(x, y, 8, light(tone, 0.72))
        figure(c, names[(place + place // 3) % min(4, len(names))], x, y, 5, tone)
