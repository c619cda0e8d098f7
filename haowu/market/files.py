"""Reading a market file: one JSON object with known parts."""

import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused

PARTS = ("policy", "merchants", "streamers", "leaders", "plans", "activities", "picks")


class MarketUnreadable(Refused):
    code = "MARKET_UNREADABLE"
    text = _("{file}：{why}")


def read(path: Path) -> dict[str, Any]:
    """The market in ``path``. Raises MarketUnreadable, naming the line, where it is not a JSON object in UTF-8."""
    try:
        market = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MarketUnreadable(file=path, why=error.strerror) from error
    except UnicodeDecodeError as error:
        raise MarketUnreadable(file=path, why=_("不是 UTF-8 编码。请另存为 UTF-8。")) from error
    except json.JSONDecodeError as error:
        why = _("第 {line} 行第 {column} 列不是有效的 JSON。").format(line=error.lineno, column=error.colno)
        raise MarketUnreadable(file=path, why=why) from error
    if not isinstance(market, dict):
        raise MarketUnreadable(file=path, why=_("最外层须为 JSON 对象。"))
    if unknown := sorted(market.keys() - set(PARTS)):
        why = _("不认识的部分 {names}。可用：{known}。").format(names=unknown, known=sorted(PARTS))
        raise MarketUnreadable(file=path, why=why)
    return market
