"""``payouts make|read FILE [--by USER] [--json]``, ``payouts write FILE --batch NUMBER``: to the bank and back."""

import getpass
import os
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from commissions.payments import payouts
from haowu.embedded.ready import make_ready
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.ground.money import yuan
from haowu.tenants.models import User


class Command(BaseCommand):
    help = "Makes a payout batch as a file, writes one again, or reads the bank's results."

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["make", "read", "write"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", help="the member of staff in whose name this happens")
        parser.add_argument("--batch", help="write: which batch")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, act, file, **options):
        make_ready()
        by = _staff(options["by"])
        try:
            answer = getattr(self, f"_{act}")(file, by, options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        text = inputs.json_line(answer["facts"]) if options["json"] else "\n".join(answer["lines"])
        self.stdout.write(text)

    def _make(self, file: Path, by: User | None, options: dict) -> dict:
        """The batch is committed before the file is written: where writing fails, ``write`` does it again."""
        if file.exists():
            raise CommandError(_("{file} 已经存在，不会覆盖。请换一个文件名。").format(file=file))
        return self._save(payouts.make_batch(by, days.now(), who=_caller()), file, by)

    def _write(self, file: Path, by: User | None, options: dict) -> dict:
        return self._save(payouts.batch_numbered(options["batch"] or ""), file, by)

    def _save(self, batch, file: Path, by: User | None) -> dict:
        content = payouts.file_of(batch, by, days.now(), who=_caller())
        try:
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(content)
        except OSError as error:
            text = _("批次 {number} 已制作，但写不了 {file}（{error}）。请用 payouts write 换一个文件名重新写出。")
            raise CommandError(text.format(number=batch.number, file=file, error=error.strerror)) from error
        facts = {"batch": batch.number, "count": batch.count, "sum_fen": batch.sum_fen, "checksum": batch.checksum}
        line = _("批次 {number}：{count} 笔，合计 ¥{amount}，已写入 {file}")
        return {
            "facts": facts,
            "lines": [line.format(number=batch.number, count=batch.count, amount=yuan(batch.sum_fen), file=file)],
        }

    def _read(self, file: Path, by: User | None, options: dict) -> dict:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(_("读不了 {file}：{error}").format(file=file, error=error.strerror)) from error
        answers = payouts.read_results(content, by, days.now())
        codes = [answer.code for answer in answers]
        counts = {code: codes.count(code) for code in sorted(set(codes))}
        lines = [f"{code} {count}" for code, count in counts.items()]
        lines += [
            _("第 {row} 行 {reference} {code}：{message}").format(**asdict(answer))
            for answer in answers
            if not answer.is_fine
        ]
        return {"facts": {"counts": counts, "rows": [asdict(answer) for answer in answers]}, "lines": lines}


def _staff(username: str | None) -> User | None:
    if username is None:
        return None
    user = User.objects.filter(username=username, is_staff=True, is_active=True).first()
    if user is None:
        raise CommandError(_("没有平台人员 {username}。").format(username=username))
    return user


def _caller() -> str:
    """Whose shell this is, for the access log where no member of staff is named."""
    try:
        return f"manage.py:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"manage.py:uid {os.getuid()}"
