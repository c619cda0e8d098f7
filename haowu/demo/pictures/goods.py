"""Which drawing shows which kind of goods."""

from collections.abc import Callable

from haowu.demo.pictures import cloth, home, light, paper, party, play, small, table, wall
from haowu.demo.pictures.canvas import Canvas
from haowu.demo.pictures.looks import Look

Drawing = Callable[[Canvas, Look], None]
_ROOMS = (table, light, wall, home, cloth, party, paper, play, small)
_OTHERS: dict[str, Drawing] = {"doormat": home.tile_mat}


def drawing_of(kind: str) -> Drawing:
    """The function of that name, for nearly all kinds."""
    if kind in _OTHERS:
        return _OTHERS[kind]
    return next(getattr(room, kind) for room in _ROOMS if hasattr(room, kind))


def draw(look: Look) -> Canvas:
    canvas = Canvas()
    drawing_of(look.kind)(canvas, look)
    return canvas
