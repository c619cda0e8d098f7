"""How an account got from its opening to its closing, as a waterfall."""

from django.utils.translation import gettext as _

from commissions.statements.daily import Statement
from haowu.ground.money import yuan
from haowu.ledger.models import Posting
from haowu.web.charts import Chart, Series

COLORS: dict[str, str] = {
    Posting.Kind.COST: "chart-1",
    Posting.Kind.COMMISSION: "chart-1",
    Posting.Kind.SERVICE_FEE: "chart-4",
    Posting.Kind.PROVIDER_FEE: "chart-3",
    Posting.Kind.TECH_FEE: "chart-0",
    Posting.Kind.CLAWBACK: "plum",
    Posting.Kind.DEBT_DRAWN: "plum",
}
"""Of what a kind is; what else comes in is jade, what else goes out grey."""


def flow_chart(statement: Statement) -> Chart:
    balance, entries = statement.balance, statement.entries
    amounts = [balance.opening_fen, *(entry.amount_fen for entry in entries), balance.closing_fen]
    colors = [COLORS.get(entry.kind, "jade" if entry.amount_fen > 0 else "ink-3") for entry in entries]
    flow = Series(
        name=_("金额"),
        values=[fen / 100 for fen in amounts],
        kind="waterfall",
        totals=[0, len(amounts) - 1],
        colors=["ink-2", *colors, "ink-2"],
        says=[f"{'−' if fen < 0 else ''}¥{yuan(abs(fen))}" for fen in amounts],
    )
    labels = [_("期初余额"), *(entry.label for entry in entries), _("期末余额")]
    return Chart(_("钱怎么走的"), _("元"), labels, [flow], label_name=_("项目"))
