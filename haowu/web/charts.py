"""What a chart shows, for the drawing (``frontend/js/charts.js``) and for the table that says the same."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from haowu.ground.tables import safe

Color = Literal["chart-0", "chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "ink-2", "ink-3", "plum", "jade"]


@dataclass(frozen=True)
class Series:
    """One row of figures. ``role="before"`` is the period before, drawn dashed and grey.

    For a waterfall ``totals`` are the places of whole figures, ``colors`` and ``says`` one entry a bar.
    """

    name: str
    values: Sequence[float | None]
    kind: Literal["line", "bar", "waterfall"] = "line"
    color: Color = "chart-1"
    role: str = ""
    stack: str = ""
    totals: Sequence[int] = ()
    colors: Sequence[str] = ()
    says: Sequence[str] = ()


@dataclass(frozen=True)
class Chart:
    """``unit`` is what the axis counts in; ``labels`` one entry a place; ``band`` a stretch of time with its name."""

    title: str
    unit: str
    labels: Sequence[str]
    series: Sequence[Series]
    label_name: str = ""
    band: dict[str, str] | None = field(default=None)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def rows(self) -> list[list[Any]]:
        """The table twin: a label, then a figure of each series."""
        return [[label, *(each.values[place] for each in self.series)] for place, label in enumerate(self.labels)]

    def csv(self) -> str:
        """The same table as an address that a browser saves as a file."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([safe(name) for name in (self.label_name, *(each.name for each in self.series))])
        writer.writerows(self.rows())
        return "data:text/csv;charset=utf-8," + quote("\ufeff" + text.getvalue())
