"""Bags, cloth and what one wears or carries."""

from haowu.demo.pictures.canvas import INK, WHITE, Canvas, Colour, dark, light, mix
from haowu.demo.pictures.looks import Look
from haowu.demo.pictures.scenes import on_cloth, on_table, on_wall
from haowu.demo.pictures.shapes import box, ellipse, heart, mirrored, moved, smooth, turned

BRASS: Colour = (206, 168, 92)
CREAM: Colour = (250, 244, 230)


def shopper(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 89, 32, 4)
    for width, shift in ((2.8, 1.2), (3.2, 0)):
        strap = smooth([(36, 42), (37, 20), (50, 12), (63, 20), (64, 42)], is_closed=False)
        c.line(moved(strap, shift, -shift), dark(look.trim, 0.25 - shift / 8), width)
    body = [(22, 38), (78, 38), (82, 86), *ellipse(78, 86, 4, 3, 0, 90), *ellipse(22, 86, 4, 3, 90, 180)]
    c.fill(body, look.all_over())
    c.shade(body, 0.18)
    c.fill(box(21.6, 38, 78.4, 43), look.trim)
    for x in (36, 64):
        c.fill(box(x - 2.6, 40, x + 2.6, 50, 1), dark(look.trim, 0.12))
    c.tint(smooth([(70, 44), (73, 44), (77, 88), (73, 88)]), INK, 0.08)


def lunchbag(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 89, 26, 4)
    c.line(smooth([(38, 32), (40, 18), (60, 18), (62, 32)], is_closed=False), dark(look.trim, 0.15), 3)
    body = box(26, 34, 74, 89, 5)
    c.fill(body, look.all_over())
    c.shade(body, 0.18)
    flap = [*box(25, 30, 75, 40, 3), (75, 40), (72, 52), (28, 52), (25, 40)]
    c.fill([(26, 31), (74, 31), (76, 40), (71, 53), (29, 53), (24, 40)], look.trim)
    c.shade(flap, 0.12)
    c.fill(box(45, 48, 55, 58, 2), CREAM)
    c.dot(50, 53, 1.6, dark(look.trim, 0.3))


def handbag(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 87, 30, 4)
    if look.chance("form", of=2):
        c.line(smooth([(32, 46), (38, 24), (62, 24), (68, 46)], is_closed=False), dark(look.base, 0.2), 3.4)
        body = smooth([(28, 44), (50, 40), (72, 44), (82, 72), (74, 86), (50, 88), (26, 86), (18, 72)])
        look.surface(c, body)
        c.shade(body)
        c.line([(30, 44), (70, 44)], BRASS, 3)
        c.dot(47, 40, 2.4, BRASS)
        c.dot(53, 40, 2.4, BRASS)
    else:
        body = box(18, 46, 82, 86, 9)
        look.surface(c, body)
        c.shade(body)
        c.line([(22, 54), (78, 54)], dark(look.base, 0.3), 1.4)
        c.fill(box(70, 52, 78, 64, 1.6), BRASS)
        c.line(smooth([(20, 50), (12, 60), (16, 72)], is_closed=False), look.trim, 2)
    look.emblem(c, 50, 69, 10)


def suitcase(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 36, 5)
    c.line(smooth([(40, 40), (41, 30), (59, 30), (60, 40)], is_closed=False), dark(look.trim, 0.3), 3.6)
    body = box(16, 38, 84, 87, 6)
    look.surface(c, body)
    c.shade(body)
    for x in (28, 66):
        c.fill(box(x, 38, x + 6, 87), dark(look.trim, 0.25))
        c.fill(box(x - 0.6, 56, x + 6.6, 62, 1), BRASS)
    c.line([(16, 60), (84, 60)], dark(look.base, 0.25), 0.8)
    for x, y in ((18, 40), (82, 40), (18, 85), (82, 85)):
        c.dot(x, y, 3.4, dark(look.trim, 0.3))
    look.emblem(c, 50, 72, 9)


def umbrella(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    c.shadow(56, 52, 40, 34, 0.16)
    c.line([(50, 14), (50, 82)], (150, 112, 84), 2)
    c.line(smooth([(50, 82), (51, 89), (58, 90), (60, 83)], is_closed=False), (150, 112, 84), 2.6)
    dome = [*ellipse(50, 54, 40, 38, 180, 360)]
    for x in (76.6, 63.2, 50, 36.8, 23.4):
        dome += ellipse(x, 54, 6.7, 4, 0, -180)
    c.fill(dome, look.all_over())
    c.shade(dome, 0.2)
    for x in (30, 43.3, 56.7, 70):
        rib = smooth([(50, 16), ((x + 50) / 2 + (x - 50) * 0.22, 32), (x, 54)], is_closed=False)
        c.line(rib, dark(look.base, 0.2), 0.6)
    c.line([(50, 10), (50, 17)], look.trim, 2)


def hotwater(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    c.shadow(53, 58, 30, 38, 0.35)
    c.fill(box(42, 12, 58, 28, 3), dark(look.base, 0.3))
    c.fill(box(44, 8, 56, 16, 2), light(look.trim, 0.3))
    body = smooth([(40, 26), (60, 26), (70, 34), (74, 56), (72, 82), (50, 90), (28, 82), (26, 56), (30, 34)])
    c.fill(body, look.paint())
    c.shade(body, 0.2)
    for y in (30, 33):
        c.line([(36, y), (64, y)], light(look.base, 0.45), 0.8)
    look.emblem(c, 50, 60, 14)
    if not look.motif:
        c.fill(heart(50, 60, 12), look.ink)


def apron(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    c.dot(50, 8, 2, dark(look.wall, 0.4))
    c.line(smooth([(40, 26), (44, 10), (56, 10), (60, 26)], is_closed=False), look.trim, 1.8)
    for side in (-1, 1):
        c.line(
            smooth([(50 + side * 26, 48), (50 + side * 36, 56), (50 + side * 32, 70)], is_closed=False), look.trim, 1.8
        )
    body = mirrored([(62, 24), (63, 34), (70, 44), (77, 47), (80, 90), (50, 92)])
    c.shadow(53, 62, 36, 40, 0.25)
    c.fill(body, look.all_over())
    c.shade(body, 0.16)
    c.fill(mirrored([(62, 23), (62.6, 28), (50, 28)]), look.trim)
    pocket = box(36, 60, 64, 76, 2)
    c.fill(pocket, light(look.base, 0.2))
    c.fill(box(36, 60, 64, 63.4), look.trim)
    c.line([(50, 64), (50, 76)], dark(look.base, 0.15), 0.5)


def cushion(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 86, 38, 6)
    body = smooth([(18, 28), (34, 24), (50, 25), (66, 24), (82, 28), (85, 54), (83, 84), (50, 86), (17, 84), (15, 54)])
    c.fill(body, look.paint())
    c.shade(body, 0.2)
    c.line([*body, body[0]], look.trim, 1)
    figured = look.motif or "heart"
    if figured in ("spots", "stripes", "check", "paisley", "floral", "hearts", "stars"):
        c.dot(50, 55, 2.2, look.trim)
    else:
        look.emblem(c, 50, 55, 17)
        if not look.motif:
            c.fill(heart(50, 56, 14), look.ink)
    for x, y in ((17, 27), (83, 27), (16, 85), (84, 85)):
        c.dot(x, y, 2.4, look.trim)


def textile(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 36, 5)
    tones = (dark(look.base, 0.12), look.base, light(look.base, 0.3), look.base)
    for place, y in enumerate((76, 62, 48, 36)):
        layer = box(18 + place, y, 82 - place, y + 13, 5.4)
        c.fill(layer, look.paint(tones[place]) if place % 2 else tones[place])
        c.shade(layer, 0.2, is_upright=True)
        c.line([(22 + place, y + 6.6), (72, y + 6.6)], dark(tones[place], 0.14), 0.5)
    c.fill(box(44, 35, 56, 89), mix(look.trim, WHITE, 0.15))
    c.fill(smooth([(50, 34), (40, 26), (34, 31), (46, 36)]), look.trim)
    c.fill(smooth([(50, 34), (60, 26), (66, 31), (54, 36)]), look.trim)
    look.emblem(c, 50, 62, 5)


def garment(c: Canvas, look: Look) -> None:
    """Scarves, socks, ponchos and all that keeps warm: a pair of socks and a scarf."""
    on_cloth(c, look)
    c.shadow(52, 56, 36, 34, 0.25)
    for turn, tone in ((-10, dark(look.base, 0.08)), (8, look.base)):
        sock = smooth([(40, 18), (58, 18), (58, 52), (72, 66), (76, 78), (66, 84), (52, 78), (40, 58)])
        sock = turned(moved(sock, -6 if turn < 0 else 6, 0), 50, 50, turn)
        c.fill(sock, look.paint(tone))
        c.shade(sock, 0.16)
        cuff = turned(moved(box(39, 14, 59, 24, 2), -6 if turn < 0 else 6, 0), 50, 50, turn)
        c.fill(cuff, look.trim)
    look.emblem(c, 56, 42, 6)


def fan(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    c.shadow(52, 50, 44, 30, 0.25)
    for step in range(12):
        start = 205 + step * 10.8
        blade = [(50, 82), *ellipse(50, 82, 54, 60, start, start + 11.6)]
        c.fill(blade, look.all_over() if step % 2 else light(look.base, 0.18))
        c.line([(50, 82), ellipse(50, 82, 54, 60, start, start + 1)[0]], dark(look.base, 0.25), 0.5)
    c.fill([(50, 84), *ellipse(50, 82, 22, 24, 205, 335)], (196, 148, 100))
    c.dot(50, 80, 2.4, BRASS)
    c.line([(50, 82), (50, 94)], look.trim, 1.4)
