"""The import report: every row of the file accounted for, for people and as JSON."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from haowu.demo.retail.orders import Book
from haowu.demo.retail.replay import Sent
from haowu.demo.retail.rows import RefusedRow
from haowu.market.answer import Market


@dataclass(frozen=True)
class ImportReport:
    """``rows`` = ``lines`` + ``refunds`` + ``refused`` + ``later``; ``later`` lie after ``--until``."""

    book: Book
    market: Market
    sent: Sent
    first: date | None
    last: date | None

    @property
    def refused(self) -> list[RefusedRow]:
        return sorted([*self.book.refused, *self.sent.refused], key=lambda refusal: refusal.row)

    @property
    def later(self) -> int:
        wanted = len(self.book.lines) + len(self.book.refunds)
        return wanted - self.sent.lines - self.sent.refunds - len(self.sent.refused)

    @property
    def adds_up(self) -> bool:
        """Whether every row of the file is in the report exactly once."""
        refused = {refusal.row for refusal in self.refused}
        rows = self.sent.lines + self.sent.refunds + len(refused) + self.later
        return self.later >= 0 and len(refused) == len(self.refused) and rows == self.book.rows

    def as_json(self) -> dict[str, Any]:
        return {
            "file": str(self.book.path),
            "rows": self.book.rows,
            "lines": self.sent.lines,
            "refunds": self.sent.refunds,
            "refused": len(self.refused),
            "later": self.later,
            "adds_up": self.adds_up,
            "orders": len(self.book.orders),
            "days": [str(self.first), str(self.last)] if self.first else [],
            "events": dict(self.sent.events),
            "market": self.market.as_json(),
            "reasons": dict(Counter(refusal.code for refusal in self.refused).most_common()),
            "refusals": [asdict(refusal) for refusal in self.refused],
        }

    def sentences(self, *, each_row: bool = True) -> Iterator[str]:
        """The report as text: each refused row (or one of each reason), then the sums."""
        examples = {refusal.code: refusal for refusal in reversed(self.refused)}
        for refusal in self.refused if each_row else examples.values():
            yield _("✗ 第 {row} 行 {code}：{message}").format(**asdict(refusal))
        for entry in self.market.refusals:
            yield _("✗ 市场 {entry} {code}：{message}").format(**asdict(entry))
        yield _("导入报告 {file}").format(file=self.book.path.name)
        if self.first:
            yield _("  营业日 {first} 至 {last}").format(first=self.first, last=self.last)
        yield _("  {rows} 行 = 订单行 {lines} + 退款 {refunds} + 未导入 {refused} + 截止日之后 {later}  {mark}").format(
            rows=self.book.rows,
            lines=self.sent.lines,
            refunds=self.sent.refunds,
            refused=len(self.refused),
            later=self.later,
            mark="✓" if self.adds_up else "✗",
        )
        for code, count in Counter(refusal.code for refusal in self.refused).most_common():
            yield f"    {code} {count}"
        yield "  " + _("事件") + " " + "  ".join(f"{name} {n}" for name, n in sorted(self.sent.events.items()))
        yield _("  文件没有物流时间：发货（付款后 4–47 小时）与收货（2–9 天）按订单号推算。金额按人民币元计。")
