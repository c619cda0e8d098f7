"""Reading a market file: one JSON object with known lists."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from haowu.ground import inputs
from haowu.ground.errors import Refused

LISTS = ("policy", "merchants", "streamers", "leaders", "plans", "activities", "picks")


class MarketUnreadable(Refused):
    code = "MARKET_UNREADABLE"
    text = _("{file}：{why}")


def read(path: Path) -> dict[str, Any]:
    """The market in ``path``. Raises MarketUnreadable, naming the line, where it is not a JSON object in UTF-8."""
    try:
        market = inputs.json_of_entries(path.read_bytes())
    except OSError as error:
        raise MarketUnreadable(file=path, why=error.strerror) from error
    except inputs.InputInvalid as invalid:
        raise MarketUnreadable(file=path, why=invalid.why) from invalid
    if not isinstance(market, dict):
        raise MarketUnreadable(file=path, why=_("最外层须为 JSON 对象。"))
    if unknown := sorted(market.keys() - set(LISTS)):
        why = _("不认识的部分 {names}。可用：{known}。").format(names=unknown, known=sorted(LISTS))
        raise MarketUnreadable(file=path, why=why)
    return market
