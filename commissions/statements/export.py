"""Statements, months and settlement lines as tables for CSV and XLSX files (``haowu.ground.tables``)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from commissions.models import Settlement
from commissions.party_share import may_know_streamer, share_of, terms_in_short
from commissions.statements import daily, months
from commissions.statements.posting_sources import Movement
from haowu.ground.money import percent
from haowu.ground.tables import Column, Table
from haowu.ledger.models import DailyBalance
from haowu.tenants.models import Tenant

XLSX_LINES = 200_000
"""More order lines than this are not put into one XLSX file; the CSV file has them all."""
CHUNK = 2_000


def lines_table(lines: QuerySet[Settlement], tenant: Tenant, *, most: int | None = None, note: str = "") -> Table:
    """What ``tenant`` got (or paid, as a merchant) of each settlement row, read as the file is written.

    The last row holds number and sums of the others: a file without it was cut off.
    """
    columns = [
        Column(_("结算日")),
        Column(_("订单号"), width=24),
        Column(_("行号"), width=8),
        Column(_("阶段"), width=8),
        Column(_("类型"), width=8),
        Column(_("计佣基数"), is_money=True),
        Column(_("毛额"), is_money=True),
        Column(_("技术服务费"), is_money=True),
        Column(_("净额"), is_money=True),
        Column(_("商品"), width=32),
        Column(_("达人"), width=16),
        Column(_("按什么"), width=20),
        Column(_("率"), width=8),
        *([Column(_("渠道标记"), width=16)] if _may_know_mark(tenant) else []),
    ]
    return Table(_("明细"), columns, _line_rows(lines if most is None else lines[:most], tenant), note)


def statement_tables(statement: daily.Statement, movements: Iterable[Movement]) -> list[Table]:
    """A statement's figures, and the postings that they open into, with what caused each."""
    balance = statement.balance
    figures = [(_("期初"), balance.opening_fen)]
    figures += [(entry.label, entry.amount_fen) for entry in statement.entries]
    rows = [(balance.day, balance.account.get_kind_display(), *figure) for figure in figures]
    rows.append((balance.day, balance.account.get_kind_display(), _("期末"), balance.closing_fen))
    head = [Column(_("账务日")), Column(_("账户")), Column(_("项目"), width=20), Column(_("金额"), is_money=True)]
    columns = [
        Column(_("账务日")),
        Column(_("类型"), width=16),
        Column(_("金额"), is_money=True),
        Column(_("对方账户"), width=24),
        Column(_("原因"), width=48),
        Column(_("唯一凭证"), width=40),
    ]
    return [Table(_("对账单"), head, rows), Table(_("记账"), columns, map(_movement_row, movements))]


def days_table(days: Iterable[DailyBalance]) -> Table:
    columns = [
        Column(_("账务日")),
        Column(_("账户")),
        *(Column(label, is_money=True) for label in (_("期初"), _("收入"), _("支出"), _("期末"))),
    ]
    rows = (
        (
            each.day,
            each.account.get_kind_display(),
            each.opening_fen,
            each.inflow_fen,
            each.outflow_fen,
            each.closing_fen,
        )
        for each in days
    )
    return Table(_("对账单"), columns, rows)


def months_table(found: Iterable[months.Month]) -> Table:
    columns = [
        Column(_("月份")),
        Column(_("账户")),
        Column(_("截至")),
        *(Column(label, is_money=True) for label in (_("期初"), _("收入"), _("支出"), _("期末"))),
    ]
    rows = (
        (
            f"{each.first_on:%Y-%m}",
            each.account_label,
            each.last_on,
            each.opening_fen,
            each.inflow_fen,
            each.outflow_fen,
            each.closing_fen,
        )
        for each in found
    )
    return Table(_("月度汇总"), columns, rows)


def month_tables(days: Sequence[DailyBalance]) -> list[Table]:
    """A month's figures by kind, and its daily statements. ``days`` are one account's, oldest first."""
    month, account = f"{days[0].day:%Y-%m}", days[0].account.get_kind_display()
    figures = [(_("期初"), days[0].opening_fen)]
    figures += [(entry.label, entry.amount_fen) for entry in months.entries(list(days))]
    figures.append((_("期末"), days[-1].closing_fen))
    head = [Column(_("月份")), Column(_("账户")), Column(_("项目"), width=20), Column(_("金额"), is_money=True)]
    return [Table(_("月度汇总"), head, [(month, account, *figure) for figure in figures]), days_table(days)]


def _movement_row(each: Movement) -> tuple[Any, ...]:
    return (
        each.posting.day,
        each.posting.get_kind_display(),
        each.amount_fen,
        each.counterpart_label,
        each.cause.text,
        each.posting.reference,
    )


def _line_rows(lines: QuerySet[Settlement], tenant: Tenant) -> Iterator[tuple[Any, ...]]:
    kinds = {"settlement": _("结算"), "clawback": _("追回")}
    count, sums = 0, [0, 0, 0, 0]
    names_streamer = may_know_streamer(tenant)
    shows_mark = _may_know_mark(tenant)
    for row in lines.select_related("line__product", "line__streamer").iterator(chunk_size=CHUNK):
        line, terms = row.line, terms_in_short(tenant, row.line)
        share = share_of(row, tenant)
        amounts = (row.base_fen, share.gross_fen, share.fee_fen, share.net_fen)
        count += 1
        sums = [total + amount for total, amount in zip(sums, amounts, strict=True)]
        who = line.streamer.name if names_streamer and line.streamer else None
        rate = percent(terms["rate_bps"]) if terms["rate_bps"] is not None else None
        named = (str(line.product), who, terms["offer"], rate, *([line.sub_id] if shows_mark else []))
        yield (row.day, line.order_no, line.line_no, row.phase, kinds[row.kind], *amounts, *named)
    yield (_("合计"), _("{n} 行").format(n=count), None, None, None, *sums, *[None] * (5 if shows_mark else 4))


def _may_know_mark(tenant: Tenant) -> bool:
    """The mark of a link is its streamer's own word."""
    return tenant.kind == Tenant.Kind.STREAMER
