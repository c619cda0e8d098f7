"""What stands behind goods: a wall with a little of the room, a table or a floor."""

from haowu.demo.pictures.canvas import WHITE, Canvas, Colour, dark, light, mix
from haowu.demo.pictures.looks import Look, table_of
from haowu.demo.pictures.shapes import box, ellipse, smooth, turned

TABLE = 72.0


def on_table(c: Canvas, look: Look) -> None:
    wall, table = look.wall, table_of(look.wall)
    c.gradient(0, TABLE, light(wall, 0.25), wall)
    _room(c, look)
    c.gradient(TABLE, 100, light(table, 0.12), dark(table, 0.1))
    c.fill(box(0, TABLE, 100, TABLE + 0.7), light(table, 0.4))


def on_wall(c: Canvas, look: Look) -> None:
    """For what hangs."""
    c.gradient(0, 100, light(look.wall, 0.2), dark(look.wall, 0.04))
    kind = look.chance("panel", of=3)
    if kind == 0:
        for x in range(0, 100, 20):
            c.fill(box(x, 0, x + 0.4, 100), dark(look.wall, 0.08))
    elif kind == 1:
        c.tint(box(0, 78, 100, 100), dark(look.wall, 0.2), 0.45)
        c.fill(box(0, 77.4, 100, 78.6), light(look.wall, 0.5))
    else:
        c.tint([(58, 0), (86, 0), (46, 100), (18, 100)], WHITE, 0.28)


def on_cloth(c: Canvas, look: Look) -> None:
    """Seen from above: for flat and small things."""
    c.gradient(0, 100, light(look.wall, 0.22), look.wall)
    cloth = mix(look.wall, WHITE, 0.55)
    c.fill(turned(box(-10, 16, 110, 120), 50, 50, -9 + look.chance("cloth", of=5)), cloth)
    c.fill(turned(box(-10, 19, 110, 19.6), 50, 50, -9 + look.chance("cloth", of=5)), dark(look.wall, 0.08))
    if look.chance("sprig", of=2):
        _sprig(c, 86, 84, 12, mix((132, 158, 112), look.wall, 0.2))


def _room(c: Canvas, look: Look) -> None:
    kind = look.chance("room", of=6)
    pale = light(look.wall, 0.55)
    if kind == 0:
        c.dot(22 + look.chance("sun", of=56), 30, 17, pale)
    elif kind == 1:
        c.fill([*ellipse(76, 34, 15, 15, 180, 360), (91, TABLE), (61, TABLE)], pale)
    elif kind == 2:
        c.fill(box(10, 8, 36, 46, 1), pale)
        c.fill(box(12, 10, 34, 44), mix((198, 222, 234), look.wall, 0.3))
        c.fill(box(22.4, 10, 23.6, 44), pale)
        c.fill(box(12, 26, 34, 27.2), pale)
    elif kind == 3:
        _plant(c, look, 86 if look.chance("side", of=2) else 14)
    elif kind == 4:
        c.tint([(64, 0), (90, 0), (62, TABLE), (36, TABLE)], WHITE, 0.32)
    else:
        c.fill(box(0, 26, 100, 27.6), dark(look.wall, 0.1))
        for x, height, share in ((12, 11, 0.2), (20, 8, 0.1), (27, 13, 0.3), (82, 10, 0.2), (90, 13, 0.12)):
            c.fill(box(x - 3, 26 - height, x + 3, 26, 1), mix(look.wall, look.base, share))


def _plant(c: Canvas, look: Look, x: float) -> None:
    _sprig(c, x, 48, 17, mix((126, 156, 116), look.wall, 0.35))
    c.fill([(x - 6, 60), (x + 6, 60), (x + 4.6, TABLE), (x - 4.6, TABLE)], mix((206, 142, 108), look.wall, 0.25))


def _sprig(c: Canvas, x: float, y: float, size: float, green: Colour) -> None:
    for turn in (-38, -14, 12, 36):
        blade = smooth([(x, y + size * 0.9), (x + size * 0.16, y), (x, y - size), (x - size * 0.16, y)])
        c.fill(turned(blade, x, y + size * 0.9, turn), mix(green, WHITE, (turn % 3) * 0.08))
