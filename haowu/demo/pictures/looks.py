"""How one product looks: its colours from the words of its title, else from its code; what is shown on it."""

from dataclasses import dataclass

from haowu.demo.pictures import motifs
from haowu.demo.pictures.canvas import Canvas, Colour, Paint, dark, light, mix
from haowu.demo.pictures.shapes import Outline
from haowu.demo.retail.sample import sample_number

COLOURS: dict[str, Colour] = {
    "红色": (206, 68, 60), "粉色": (238, 158, 168), "蓝色": (92, 138, 184), "白色": (246, 242, 234),
    "绿色": (118, 158, 110), "奶油色": (244, 230, 200), "黑色": (66, 62, 66), "象牙白": (242, 234, 214),
    "银色": (188, 192, 198), "黄色": (242, 198, 88), "紫色": (150, 118, 176), "橙色": (234, 148, 76),
    "棕色": (150, 108, 78), "灰色": (158, 158, 160), "金色": (214, 176, 92), "松石绿": (102, 184, 180),
    "薄荷绿": (166, 210, 186), "丁香紫": (190, 168, 210), "琥珀色": (214, 146, 70), "紫晶色": (146, 110, 178),
    "桃色": (246, 190, 160), "玫红色": (212, 84, 132), "粉彩": (226, 196, 216), "黑白": (92, 88, 92),
    "透明": (206, 226, 230), "铜色": (190, 120, 84), "藏青色": (56, 76, 116), "米色": (232, 218, 190),
    "宝石红": (176, 48, 68), "开心果绿": (178, 202, 140), "珊瑚色": (240, 128, 108), "天蓝色": (140, 192, 226),
    "水蓝色": (140, 206, 214), "牛仔蓝": (88, 116, 156), "墨黑": (58, 56, 62), "巧克力色": (110, 76, 58),
    "冰蓝色": (184, 214, 232), "树莓红": (190, 60, 96), "橄榄绿": (136, 144, 88), "酒红色": (134, 50, 62),
    "红色系": (206, 68, 60), "蓝色系": (92, 138, 184), "粉色系": (238, 158, 168), "水绿色": (160, 200, 190),
}  # fmt: skip
_PLAIN = (
    "蓝色",
    "粉色",
    "红色",
    "绿色",
    "黄色",
    "松石绿",
    "紫色",
    "橙色",
    "薄荷绿",
    "奶油色",
    "桃色",
    "天蓝色",
    "珊瑚色",
)
_INKS = ("白色", "白色", "白色", "奶油色", "红色", "黄色", "蓝色", "绿色", "粉色")
WALLS: tuple[Colour, ...] = (
    (247, 238, 222), (228, 236, 240), (246, 226, 224), (228, 236, 222), (236, 230, 242), (240, 234, 226),
    (250, 232, 206), (222, 234, 232),
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """``base`` is the main colour, ``ink`` what is printed on it, ``trim`` rims and ribbons, ``wall`` behind it."""

    kind: str
    base: Colour
    ink: Colour
    trim: Colour
    wall: Colour
    motif: str
    seed: int

    def chance(self, *what: object, of: int) -> int:
        """0 to ``of`` - 1, the same for ever."""
        return sample_number(self.seed, *what) % of

    def surface(self, c: Canvas, outline: Outline, paint: Colour | None = None) -> None:
        """Fill with the pattern, or plainly where a figure is to stand alone."""
        c.fill(outline, self.paint(paint))

    def paint(self, base: Colour | None = None) -> Paint:
        base = base or self.base
        return motifs.pattern(self.motif, base, self.ink) if self.motif in motifs.PATTERNS else base

    def all_over(self) -> Paint:
        """The motif again and again, whichever it is."""
        return motifs.pattern(self.motif or "spots", self.base, self.ink)

    def emblem(self, c: Canvas, x: float, y: float, size: float) -> None:
        """The figure alone, where there is one."""
        if self.motif and self.motif not in motifs.PATTERNS:
            motifs.figure(c, self.motif, x, y, size, self.ink)


def look_of(code: str, kind: str, colours: tuple[str, ...], motif: str) -> Look:
    seed = sample_number("look", code)
    named = [COLOURS[name] for name in colours if name in COLOURS]
    base = named[0] if named else COLOURS[_PLAIN[seed % len(_PLAIN)]]
    ink = named[1] if len(named) > 1 else _ink(base, seed)
    walls = sorted(WALLS, key=lambda wall: (_is_near(wall, base), sample_number(seed, "wall", wall)))
    trim = named[-1] if len(named) > 1 else dark(base, 0.22)
    return Look(kind, base, ink, trim, walls[0], motif, seed)


def _ink(base: Colour, seed: int) -> Colour:
    """What is seen on ``base``."""
    choices = [COLOURS[name] for name in _INKS if _distance(COLOURS[name], base) > 130]
    return choices[seed // 64 % len(choices)] if choices else (dark(base, 0.5) if sum(base) > 380 else light(base, 0.8))


def _is_near(a: Colour, b: Colour) -> bool:
    return _distance(a, b) < 60


def _distance(a: Colour, b: Colour) -> float:
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5


def table_of(wall: Colour) -> Colour:
    return mix(wall, (176, 128, 84), 0.34)
