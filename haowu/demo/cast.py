"""Who trades in the demo, by code: shops, streamers and leaders, each with a field, a city and a line of their own."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CAST = Path(__file__).with_name("cast.txt")
ALL_FIELDS = "综合"
_CODES = {"shop": "m", "streamer": "s", "leader": "l"}


@dataclass(frozen=True)
class Player:
    """``fans`` of a streamer. A leader has every field."""

    code: str
    name: str
    field: str
    city: str
    introduction: str
    fans: int = 0
    is_man: bool = False


@cache
def players(role: str) -> Mapping[str, Player]:
    """All of ``role`` (shop, streamer, leader) by code."""
    return {player.code: player for player in _read()[role]}


@cache
def codes(role: str, field: str) -> list[str]:
    """Those of one field."""
    return [player.code for player in players(role).values() if player.field == field]


@cache
def _read() -> dict[str, list[Player]]:
    found: dict[str, list[Player]] = defaultdict(list)
    role = field = ""
    for line in CAST.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            role, _space, field = line[2:].partition(" ")
        elif line and not line.startswith("#"):
            found[role].append(_player(f"{_CODES[role]}{len(found[role]) + 1:02}", role, field or ALL_FIELDS, line))
    return found


def _player(code: str, role: str, field: str, line: str) -> Player:
    name, city, *more = line.split(" | ")
    is_man = more[-1] == "男"
    more = more[:-1] if is_man else more
    if role == "shop":
        return Player(code, name, field, city, more[0])
    if role == "streamer":
        fans, introduction = more
        return Player(code, name, field, city, introduction, fans=int(fans), is_man=is_man)
    return Player(code, name, field, city, more[0], is_man=is_man)
