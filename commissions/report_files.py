"""The report of a closed night as files: JSON for machines, CSV for spreadsheets, HTML to print and keep.

All say the same figures and carry the run's checksum, which is taken over the stored report.
"""

import csv
import io
import json
from collections.abc import Iterator

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.models import Run
from commissions.report import figures
from haowu.money import yuan

LABELS = {
    "lines": gettext_lazy("结算行数"),
    "adjustments": gettext_lazy("调整行数"),
    "merchant_cost_fen": gettext_lazy("商家支出"),
    "streamer_net_fen": gettext_lazy("达人净额"),
    "first_leader_net_fen": gettext_lazy("一级团长净额"),
    "second_leader_net_fen": gettext_lazy("二级团长净额"),
    "provider_net_fen": gettext_lazy("服务商净额"),
    "agency_net_fen": gettext_lazy("达人机构净额"),
    "tech_fee_fen": gettext_lazy("平台技术服务费"),
}
BOM = "\ufeff"
"""Without it spreadsheets read UTF-8 as something else."""


def as_json(run: Run) -> str:
    return json.dumps(run.report | {"checksum": run.checksum}, ensure_ascii=False, indent=2)


def as_csv(run: Run) -> str:
    """One figure a row: name, tonight, the night before, the mean of the last nights. Amounts in yuan."""
    out = io.StringIO(BOM, newline="")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow([_("结算日"), run.day.isoformat(), _("校验和"), run.checksum])
    writer.writerow([_("项目"), _("当晚"), _("前一晚"), _("近七晚均值")])
    writer.writerows(rows(run))
    writer.writerows([_("暂缓"), reason, count] for reason, count in run.report["held"].items())
    writer.writerows([_("核对"), name, "✓" if holds else "✗"] for name, holds in run.report["proofs"].items())
    return out.getvalue()


def as_html(run: Run) -> str:
    return render_to_string("commissions/run_report.html", {"run": run, "rows": list(rows(run))})


def rows(run: Run) -> Iterator[list[str]]:
    """``[label, tonight, previous, mean]`` as text; a dash where there was no night before."""
    tonight = figures(run.report)
    before = run.report["before"]
    for name, label in LABELS.items():
        columns = [tonight, before["previous"], before["mean"]]
        yield [str(label), *(_shown(name, column) for column in columns)]


def _shown(name: str, column: dict[str, int] | None) -> str:
    if column is None or name not in column:
        return "–"
    return yuan(column[name]) if name.endswith("_fen") else str(column[name])
