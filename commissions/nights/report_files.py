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
from commissions.nights.report import figures
from commissions.party_share import role_labels
from haowu.ground.money import yuan
from haowu.ground.tables import BOM
from haowu.ledger.models import Posting

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
REASONS = {
    "settlement": gettext_lazy("结算"),
    "clawback": gettext_lazy("追回"),
    "given_back": gettext_lazy("退款撤销，补回"),
    "stepped": gettext_lazy("阶梯佣金"),
    "fee_corrected": gettext_lazy("技术服务费更正"),
}


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
    writer.writerow([_("原因"), _("角色"), _("毛额"), _("技术服务费"), _("净额")])
    writer.writerows(by_reason(run))
    writer.writerow([_("记账"), _("笔数"), _("金额")])
    writer.writerows(by_kind(run))
    writer.writerows([_("暂缓"), reason, count] for reason, count in run.report["held"].items())
    writer.writerows([_("核对"), name, "✓" if holds else "✗"] for name, holds in run.report["proofs"].items())
    return out.getvalue()


def as_html(run: Run) -> str:
    context = {"run": run, "rows": list(rows(run)), "reasons": list(by_reason(run)), "kinds": list(by_kind(run))}
    return render_to_string("commissions/run_report.html", context)


def rows(run: Run) -> Iterator[list[str]]:
    """``[label, tonight, previous, mean]`` as text; a dash where there was no night before."""
    tonight = figures(run.report)
    before = run.report["before"]
    for name, label in LABELS.items():
        columns = [tonight, before["previous"], before["mean"]]
        yield [str(label), *(_cell(name, column) for column in columns)]


def by_reason(run: Run) -> Iterator[list[str]]:
    """``[reason, role, gross, fee, net]`` as text; what came to nothing is left out. Older reports do not say."""
    roles = role_labels()
    for reason, label in REASONS.items():
        for role, sums in run.report.get("reasons", {}).get(reason, {"roles": {}})["roles"].items():
            if any(sums.values()):
                amounts = (sums["gross_fen"], sums["tech_fee_fen"], sums["net_fen"])
                yield [str(label), roles[role], *(yuan(fen) for fen in amounts)]


def by_kind(run: Run) -> Iterator[list[str]]:
    """``[kind, count, amount]`` of the night's postings and those of the day before it."""
    moved = run.report.get("postings_by_kind", {})
    for kind, label in Posting.Kind.choices:
        if kind in moved:
            yield [str(label), str(moved[kind]["count"]), yuan(moved[kind]["fen"])]


def _cell(name: str, column: dict[str, int] | None) -> str:
    if column is None or name not in column:
        return "–"
    return yuan(column[name]) if name.endswith("_fen") else str(column[name])
