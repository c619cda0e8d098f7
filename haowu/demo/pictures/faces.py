"""Faces of the demo's streamers and leaders, all made up, and the seals of its shops and bases."""

from haowu.demo.pictures import motifs
from haowu.demo.pictures.canvas import INK, WHITE, Canvas, Colour, dark, light, mix
from haowu.demo.pictures.looks import WALLS
from haowu.demo.pictures.shapes import Outline, box, ellipse, heart, mirrored, smooth
from haowu.demo.retail.sample import sample_number

SKINS: tuple[Colour, ...] = ((250, 218, 192), (244, 204, 174), (234, 188, 154), (224, 174, 138))
HAIRS: tuple[Colour, ...] = (
    (46, 38, 38), (56, 44, 42), (40, 36, 44), (70, 52, 46), (84, 60, 48), (62, 46, 52), (112, 76, 56), (142, 98, 66),
    (168, 166, 168),
)  # fmt: skip
CLOTHES: tuple[Colour, ...] = (
    (206, 92, 80), (92, 138, 168), (118, 152, 112), (232, 186, 96), (142, 118, 168), (70, 86, 118), (236, 160, 150),
    (96, 160, 152), (246, 238, 222), (88, 80, 84),
)  # fmt: skip
SEALS: tuple[Colour, ...] = (
    (186, 66, 54), (58, 104, 110), (92, 82, 128), (168, 112, 58), (74, 112, 84), (52, 78, 120), (172, 82, 108),
)  # fmt: skip
WOMENS_STYLES = ("long", "bob", "bun", "tails", "curly", "wave", "cap")
MENS_STYLES = ("short", "crop", "cap")


class _Person:
    def __init__(self, name: str, is_man: bool) -> None:
        self._name = name
        self.wall = WALLS[self.pick("wall", len(WALLS))]
        self.skin = SKINS[self.pick("skin", len(SKINS))]
        self.hair = HAIRS[self.pick("hair", len(HAIRS))]
        self.clothes = CLOTHES[self.pick("clothes", len(CLOTHES))]
        styles = MENS_STYLES if is_man else WOMENS_STYLES
        self.is_man, self.style = is_man, styles[self.pick("style", len(styles))]

    def pick(self, what: str, of: int) -> int:
        return sample_number("face", self._name, what) % of


def face(name: str, *, is_man: bool = False) -> Canvas:
    """Of whoever is called ``name``: the same for ever."""
    person, c = _Person(name, is_man), Canvas()
    c.gradient(0, 100, light(person.wall, 0.1), mix(person.wall, person.clothes, 0.16))
    _hair_behind(c, person)
    _body(c, person)
    _head(c, person)
    _hair_before(c, person)
    _eyes(c, person)
    _extras(c, person)
    return c


def seal(name: str, motif: str) -> Canvas:
    """A shop's sign: a figure of what it sells on a round or square ground."""
    c = Canvas()
    tone = SEALS[sample_number("seal", name) % len(SEALS)]
    c.gradient(0, 100, light(tone, 0.1), dark(tone, 0.08))
    pale = mix((250, 242, 226), tone, 0.06)
    form: Outline = (ellipse(50, 50, 38, 38), box(14, 14, 86, 86, 20), box(14, 14, 86, 86, 6))[
        sample_number("form", name) % 3
    ]
    c.fill(form, pale)
    c.line([*form, form[0]], light(tone, 0.35), 1.6)
    motifs.figure(c, motif, 50, 49, 22, tone)
    for x in (40, 50, 60):
        c.dot(x, 79, 1.5, tone)
    return c


def _body(c: Canvas, person: _Person) -> None:
    shoulders = smooth([(12, 104), (18, 86), (36, 78), (50, 77), (64, 78), (82, 86), (88, 104)])
    c.fill(shoulders, person.clothes)
    c.shade(shoulders, 0.16)
    c.fill(box(42, 62, 58, 82, 5), dark(person.skin, 0.1))
    form = person.pick("neck", 4)
    if form == 0:
        c.fill([*ellipse(50, 78, 11, 8, 0, 180)], dark(person.skin, 0.04))
    elif form == 1:
        for side in (-1, 1):
            c.fill([(50, 90), (50 + side * 13, 76), (50 + side * 18, 82)], light(person.clothes, 0.45))
        c.fill([(42, 77), (58, 77), (50, 89)], dark(person.skin, 0.04))
    elif form == 2:
        c.fill(box(38, 73, 62, 82, 4), dark(person.clothes, 0.1))
    else:
        c.fill([(41, 77), (59, 77), (50, 92)], dark(person.skin, 0.04))
        c.line(smooth([(40, 78), (50, 91), (60, 78)], is_closed=False), (214, 176, 92), 0.9)


def _head(c: Canvas, person: _Person) -> None:
    wide = 20.5 + person.pick("wide", 4) * 0.8
    for side in (-1, 1):
        c.fill(ellipse(50 + side * wide, 50, 3.6, 5), dark(person.skin, 0.06))
    right = [(50 + wide * 0.8, 30), (50 + wide, 46), (50 + wide * 0.78, 61)]
    outline = smooth([(50, 24), *mirrored([*right, (50, 70 + person.pick("chin", 3))])])
    c.fill(outline, person.skin)
    for side in (-1, 1):
        c.tint(ellipse(50 + side * 12, 56, 4.4, 3), (236, 120, 104), 0.3)


def _hair_behind(c: Canvas, person: _Person) -> None:
    tone = dark(person.hair, 0.12)
    if person.style in ("long", "wave"):
        ends = 84 if person.style == "long" else 90
        c.fill(
            smooth(
                [
                    (50, 17),
                    (74, 26),
                    (78, 52),
                    (76, ends),
                    (62, ends + 2),
                    (38, ends + 2),
                    (24, ends),
                    (22, 52),
                    (26, 26),
                ]
            ),
            tone,
        )
    elif person.style == "bob":
        c.fill(smooth([(50, 17), (74, 25), (78, 48), (75, 68), (25, 68), (22, 48), (26, 25)]), tone)
    elif person.style == "bun":
        c.dot(50, 15, 10, person.hair)
        c.dot(50, 14, 6, light(person.hair, 0.1))
    elif person.style == "tails":
        for side in (-1, 1):
            c.fill(
                smooth([(50 + side * 22, 34), (50 + side * 35, 44), (50 + side * 33, 70), (50 + side * 24, 60)]), tone
            )
    elif person.style == "curly":
        for x, y in ((27, 36), (24, 50), (29, 62), (73, 36), (76, 50), (71, 62), (36, 22), (50, 17), (64, 22)):
            c.dot(x, y, 10, tone)


def _hair_before(c: Canvas, person: _Person) -> None:
    tone, crown = person.hair, ((50, 19), (68, 23), (74, 40), (71, 44))
    if person.style in ("short", "crop"):
        top = 18 if person.style == "short" else 21
        c.fill(
            smooth(
                [(50, top), (68, 23), (73, 42), (69, 40), (64, 31), (44, 33), (33, 31), (31, 40), (27, 42), (32, 23)]
            ),
            tone,
        )
    elif person.style == "curly":
        for x, y, r in ((33, 30, 8), (42, 25, 8), (52, 24, 8), (62, 26, 8), (68, 32, 7)):
            c.dot(x, y, r, tone)
    elif person.style == "cap":
        c.fill(mirrored([(50, 19), (66, 23), (73, 38), (50, 38)]), person.clothes)
        c.fill(smooth([(27, 37), (73, 37), (84, 42), (62, 42), (28, 41)]), dark(person.clothes, 0.2))
        for side in (-1, 1):
            c.fill(smooth([(50 + side * 22, 40), (50 + side * 24, 52), (50 + side * 20, 48)]), tone)
    elif person.pick("parting", 2):
        c.fill(smooth([*crown, (62, 30), (48, 28), (36, 36), (29, 46), (26, 40), (32, 23)]), tone)
    else:
        c.fill(smooth([*crown, (68, 36), (50, 35), (32, 36), (29, 44), (26, 40), (32, 23)]), tone)


def _eyes(c: Canvas, person: _Person) -> None:
    kind = person.pick("eyes", 3)
    for side in (-1, 1):
        x = 50 + side * 9
        if kind == 0:
            c.line(smooth([(x - 3, 49.6), (x, 47.6), (x + 3, 49.6)], is_closed=False), INK, 1.3)
        else:
            c.fill(ellipse(x, 49, 1.9, 2.3), INK)
            c.dot(x + 0.6, 48.2, 0.6, WHITE)
        brow = [(x - 3.4 * side, 43.4), (x + 3.2 * side, 44.2 - person.pick("brow", 2))]
        c.line(brow, dark(person.hair, 0.1) if person.hair != HAIRS[-1] else (140, 138, 140), 1.2)
    c.line(smooth([(50, 51), (51.4, 55), (49.6, 55.6)], is_closed=False), dark(person.skin, 0.22), 0.9)
    if person.pick("mouth", 3) == 0:
        c.fill([*ellipse(50, 60, 5.4, 4.6, 0, 180)], (176, 72, 68))
        c.fill(box(46.4, 60, 53.6, 61.4, 0.6), WHITE)
    else:
        c.line(smooth([(45, 60), (50, 63), (55, 60)], is_closed=False), (182, 82, 76), 1.3)


def _extras(c: Canvas, person: _Person) -> None:
    if person.pick("glasses", 4) == 0:
        for side in (-1, 1):
            rim = (
                ellipse(50 + side * 9, 49, 6.4, 6)
                if person.pick("rims", 2)
                else box(43.6 + side * 9, 44, 56.4 + side * 9, 54, 2.6)
            )
            c.tint(rim, WHITE, 0.22)
            c.line([*rim, rim[0]], (84, 66, 58), 1)
        c.line([(47.4, 48), (52.6, 48)], (84, 66, 58), 1)
    if not person.is_man and person.pick("earring", 2):
        for side in (-1, 1):
            c.dot(50 + side * 21.6, 57, 1.7, (222, 180, 92))
    if not person.is_man and person.style != "cap" and person.pick("clip", 3) == 0:
        c.fill(heart(66, 31, 3.2), (222, 96, 92))
    if person.is_man and person.pick("beard", 3) == 0:
        c.tint(
            smooth([(36, 58), (44, 64), (50, 64), (56, 64), (64, 58), (60, 68), (50, 73), (40, 68)]), person.hair, 0.5
        )
