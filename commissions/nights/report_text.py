"""The report of a night for a terminal."""

from collections.abc import Iterator

from commissions.models import Run
from commissions.party_share import role_labels
from haowu.ground.money import yuan


def run_lines(run: Run) -> Iterator[str]:
    """``run.report`` as lines of text."""
    report = run.report
    yield f"结算夜 {report['day']}"
    yield f"  结算 {report['lines']} 行  调整 {report['adjustments']} 行  记账 {report['postings']} 笔"
    for phase, title in (("settlement", "结算"), ("adjustment", "调整")):
        totals = report["totals"][phase]
        if totals["rows"]:
            yield f"  {title}：商家支出 ¥{yuan(totals['merchant_cost_fen'])}"
            for role, name in role_labels().items():
                amounts = totals["roles"][role]
                if amounts["gross_fen"]:
                    yield (
                        f"    {name} 毛额 ¥{yuan(amounts['gross_fen'])}  技术服务费 ¥{yuan(amounts['tech_fee_fen'])}"
                        f"  净额 ¥{yuan(amounts['net_fen'])}"
                    )
    for reason, count in report["held"].items():
        yield f"  暂缓 {reason}: {count} 行"
    yield "  " + "  ".join(f"{'✓' if holds else '✗'} {name}" for name, holds in report["proofs"].items())
    yield f"  校验和 {run.checksum[:16]}"
