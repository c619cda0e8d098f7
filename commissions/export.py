"""Settlement rows as CSV that spreadsheets open as they are: UTF-8 with a byte-order mark, formulas disarmed."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from commissions.models import Settlement
from commissions.parts import part_of
from haowu.money import yuan
from haowu.tenants.models import Tenant

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file whose ``write`` hands the text back, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def csv_rows(rows: Iterable[Settlement], tenant: Tenant) -> Iterator[str]:
    """One text a row: what ``tenant`` got (or paid, as a merchant) of each settlement row."""
    writer = csv.writer(_Echo())
    head = [
        _("结算日"),
        _("订单号"),
        _("行号"),
        _("阶段"),
        _("计佣基数（元）"),
        _("毛额（元）"),
        _("技术服务费（元）"),
        _("净额（元）"),
    ]
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        part = part_of(row, tenant)
        amounts = [_amount(fen) for fen in (row.base_fen, part.gross_fen, part.fee_fen, part.net_fen)]
        yield writer.writerow([row.day, _safe(row.line.order_no), row.line.line_no, row.phase, *amounts])


def _safe(text: str) -> str:
    """What would start a formula is shown with an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _amount(fen: int) -> Any:
    return yuan(fen).replace(",", "")
