"""``reconcile FILE [--source CODE] [--json]``: an upstream file of orders and settlements against the books."""

from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from commissions.cases import reconciliation
from commissions.models import ReconciliationItem
from haowu.embedded.ready import make_ready
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.management import arguments
from haowu.tenants.models import Tenant

KINDS = {"matched": "一致"} | dict(ReconciliationItem.Kind.choices)


class Command(BaseCommand):
    help = (
        "Compares FILE (CSV: order_no, line_no, paid_fen, refunded_fen, commission_fen, settled_on) with the books."
        " Reading the same file again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--source", type=arguments.code, help="code of the partner whose orders these are; all without it"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file, source, **options):
        make_ready()
        now = days.now()
        try:
            reading = reconciliation.read(file, source=_partner(source), at=now)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        ages = reconciliation.ages(days.day_of(now))
        self._print(reading, ages, options["json"])

    def _print(self, reading: reconciliation.Reading, ages: dict[str, int], as_json: bool) -> None:
        if as_json:
            answer = {
                "file": reading.file.name,
                "is_new": reading.is_new,
                "rows": reading.file.rows,
                "found": reading.found,
                "bad": [asdict(row) for row in reading.bad],
                "open_by_days": ages,
            }
            self.stdout.write(inputs.json_line(answer))
            return
        if not reading.is_new:
            self.stdout.write("这份文件已读过，没有任何改动。当时的结果：")
        for kind, count in reading.found.items():
            self.stdout.write(f"{KINDS[kind]}: {count}")
        for row in reading.bad:
            self.stdout.write(f"✗ 第 {row.row_no} 行 {row.code}: {row.message}")
        for name, count in ages.items():
            self.stdout.write(f"待处理 {name} 天: {count}")


def _partner(code: str | None) -> Tenant | None:
    if code is None:
        return None
    partner = Tenant.objects.of_kind(Tenant.Kind.PARTNER).filter(code=code).first()
    if partner is None:
        raise CommandError(f"没有编号为 {code} 的合作系统。请核对 --source。")
    return partner
