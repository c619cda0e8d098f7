"""Play and craft."""

from haowu.demo.pictures.canvas import INK, WHITE, Canvas, Colour, dark, light
from haowu.demo.pictures.looks import Look
from haowu.demo.pictures.motifs import PATTERNS, figure
from haowu.demo.pictures.scenes import on_cloth, on_table
from haowu.demo.pictures.shapes import box, ellipse, heart, smooth, star, turned

CREAM: Colour = (250, 244, 230)
KRAFT: Colour = (206, 172, 132)
WOOD: Colour = (196, 150, 104)
GAY: tuple[Colour, ...] = ((222, 104, 92), (242, 200, 96), (112, 166, 152), (118, 150, 196), (236, 164, 178))


def craftkit(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    tones = (look.base, look.ink, look.trim)
    for (x, y, r), tone in zip(((34, 60, 18), (66, 56, 16), (50, 34, 13)), tones, strict=True):
        c.shadow(x + 3, y + 4, r * 1.2, r * 1.1, 0.3)
        c.dot(x, y, r, tone)
        for turn in (0, 40, 80, 120):
            for offset in (-0.55, 0.0, 0.55):
                strand = smooth(
                    [(x - r * 0.85, y + offset * r), (x, y + offset * r * 1.3), (x + r * 0.85, y + offset * r)],
                    is_closed=False,
                )
                kept = [
                    (px, py) for px, py in turned(strand, x, y, turn) if (px - x) ** 2 + (py - y) ** 2 < (r * 0.96) ** 2
                ]
                if len(kept) > 2:
                    c.line(kept, dark(tone, 0.14) if turn % 80 else light(tone, 0.2), 0.5)
    c.line([(18, 26), (76, 86)], WOOD, 1.8)
    c.line([(82, 28), (22, 84)], WOOD, 1.8)
    for x, y in ((18, 26), (82, 28)):
        c.dot(x, y, 2.6, dark(WOOD, 0.1))


def ribbon(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    for (x, y, r), tone in zip(
        ((33, 40, 17), (66, 44, 15), (48, 68, 16)), (look.base, look.ink, light(look.base, 0.3)), strict=True
    ):
        c.shadow(x + 2, y + 4, r * 1.2, r * 1.1, 0.3)
        c.line(
            smooth([(x + r, y), (x + r + 8, y + 12), (x + r + 2, y + 22), (x + r + 12, y + 30)], is_closed=False),
            tone,
            4,
        )
        c.fill(ellipse(x, y, r, r), look.paint(tone))
        c.shade(ellipse(x, y, r, r), 0.2)
        c.fill(ellipse(x, y, r * 0.5, r * 0.5), KRAFT)
        c.fill(ellipse(x, y, r * 0.28, r * 0.28), light(look.wall, 0.2))


def toy(c: Canvas, look: Look) -> None:
    on_table(c, look)
    if look.chance("toy", of=2) or look.motif == "rocket":
        return _robot(c, look)
    c.shadow(50, 88, 34, 4)
    for x, tone in ((28, (222, 104, 92)), (50, (242, 200, 96)), (72, (112, 166, 152))):
        block = box(x - 11, 64, x + 11, 86, 2)
        c.fill(block, tone)
        c.shade(block, 0.16)
        c.fill(box(x - 8, 67, x + 8, 83, 1), light(tone, 0.55))
    for x, name in ((28, "heart"), (50, "star"), (72, "flower")):
        figure(c, name, x, 75, 5.4, look.base if sum(look.base) < 640 else look.trim)
    figure(
        c,
        look.motif
        if look.motif and look.motif not in PATTERNS
        else ("dog", "rabbit", "elephant", "dino")[look.chance("on", of=4)],
        50,
        46,
        16,
        look.base,
    )


def _robot(c: Canvas, look: Look) -> None:
    c.shadow(50, 89, 24, 4)
    for x in (40, 60):
        c.fill(box(x - 5, 76, x + 5, 88, 1), dark(look.base, 0.3))
        c.fill(box(x - 7, 85, x + 7, 89, 1.6), dark(look.base, 0.4))
    for x in (24, 76):
        c.line([(x, 54), (x, 70)], dark(look.base, 0.25), 5)
        c.dot(x, 72, 4, look.trim)
    body = box(30, 48, 70, 78, 4)
    c.fill(body, look.base)
    c.shade(body)
    c.fill(box(36, 54, 64, 72, 2), light(look.base, 0.6))
    figure(c, look.motif if look.motif and look.motif not in PATTERNS else "heart", 50, 63, 6, look.trim)
    c.line([(50, 16), (50, 24)], dark(look.base, 0.3), 1.4)
    c.dot(50, 15, 3, (222, 104, 92))
    head = box(34, 22, 66, 46, 5)
    c.fill(head, light(look.base, 0.18))
    c.shade(head)
    for x in (43, 57):
        c.dot(x, 33, 4, WHITE)
        c.dot(x, 33, 2, INK)
    c.line([(44, 41), (56, 41)], INK, 1)


def doll(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 90, 22, 4)
    skin, hair = (
        (248, 212, 184),
        ((120, 78, 56), (222, 168, 88), (70, 54, 50), (186, 92, 66))[look.chance("hair", of=4)],
    )
    for x in (43, 57):
        c.line([(x, 78), (x, 88)], skin, 4)
        c.fill(box(x - 4, 86, x + 4, 90, 2), look.trim)
    for side in (-1, 1):
        c.line(smooth([(50 + side * 10, 52), (50 + side * 22, 62), (50 + side * 26, 68)], is_closed=False), skin, 4)
    dress = [(42, 48), (58, 48), (74, 80), (26, 80)]
    c.fill(dress, look.all_over())
    c.shade(dress, 0.16)
    c.fill(ellipse(50, 30, 21, 20), hair)
    for side in (-1, 1):
        c.dot(50 + side * 21, 40, 6.4, hair)
        c.fill(heart(50 + side * 18, 36, 2.8), look.trim)
    c.fill(ellipse(50, 34, 15.4, 15), skin)
    c.fill([*ellipse(50, 30, 16.4, 13, 180, 360), (58, 28), (46, 24)], hair)
    for side in (-1, 1):
        c.dot(50 + side * 6, 36, 1.5, INK)
        c.dot(50 + side * 9, 40.6, 2.2, (242, 166, 156))
    c.line(smooth([(47, 42), (50, 44), (53, 42)], is_closed=False), (196, 92, 84), 0.9)


def game(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    board = turned(box(18, 18, 82, 82, 2), 50, 50, -5)
    c.shadow(54, 56, 42, 40, 0.3)
    c.fill(board, look.base)
    for row in range(6):
        for place in range(6):
            x, y = 22 + place * 9.4, 22 + row * 9.4
            tone = CREAM if (row + place) % 2 else (light(look.base, 0.35), *GAY)[(row * place) % 4]
            c.fill(turned(box(x, y, x + 9, y + 9), 50, 50, -5), tone)
    for x, y, tone in ((36, 40, GAY[0]), (60, 52, GAY[3]), (46, 66, GAY[1])):
        c.shadow(x + 1, y + 4, 6, 3, 0.4)
        c.fill(smooth([(x - 5, y + 5), (x, y - 4), (x + 5, y + 5)]), tone)
        c.dot(x, y - 5, 3.4, light(tone, 0.15))
    die = turned(box(64, 64, 80, 80, 3), 72, 72, 18)
    c.fill(die, WHITE)
    c.shade(die, 0.12)
    for dx, dy in ((-4, -4), (0, 0), (4, 4)):
        x, y = turned([(72 + dx, 72 + dy)], 72, 72, 18)[0]
        c.dot(x, y, 1.4, INK)
    if look.motif and look.motif not in PATTERNS:
        figure(c, look.motif, 50, 50, 9, look.trim)
    else:
        c.fill(star(26, 76, 5), look.trim)
