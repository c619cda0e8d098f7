"""``night status|pause|resume|retry|skip|backfill [DAY] [--shard N] [--by USER --reason TEXT] [--json]``.

``status`` without a day shows every night that is not closed, or the last one; the acts take the oldest open night.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from commissions.models import Run
from commissions.nights import operating
from commissions.nights.desk import night_status
from commissions.tasks import wake
from haowu.embedded.ready import make_ready
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.management import arguments
from haowu.tenants.models import User

ACTS = ["pause", "resume", "retry", "skip", "backfill"]


class Command(BaseCommand):
    help = "Shows how nights stand, shard by shard, and lets an operator act on them. Every act is recorded."

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["status", *ACTS])
        parser.add_argument("day", nargs="?", type=arguments.day)
        parser.add_argument("--shard", type=arguments.whole, help="retry, skip: which shard; skip needs it")
        parser.add_argument("--all", action="store_true", help="status: also the shards that are done")
        parser.add_argument("--by", help="the member of staff who acts")
        parser.add_argument("--reason", default="", help="why; kept in the trail")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, act, day, **options):
        make_ready()
        try:
            answer = self._status(day) if act == "status" else getattr(self, f"_{act}")(day, **_who(options), **options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write("\n".join([*answer.get("said", []), *_lines(answer["nights"], options["all"])]))

    def _status(self, day: date | None) -> dict[str, Any]:
        nights = [operating.night_of(day)] if day else list(Run.objects.unfinished())
        nights = nights or list(Run.objects.closed().order_by("-day")[:1])
        missing = operating.missing_days(days.day_of(days.now()))
        said = [_("还没有任何结算夜。")] if not nights else []
        if missing:
            said.append(_("未结算的日子：{first} 至 {last}。").format(first=missing[0], last=missing[-1]))
        return {
            "missing_days": [str(each) for each in missing],
            "said": said,
            "nights": [night_status(run, at=days.now()) for run in nights],
        }

    def _pause(self, day: date | None, by: User, reason: str, **_options: Any) -> dict[str, Any]:
        run = operating.night_of(day)
        operating.pause(run, reason, by=by, at=days.now())
        return _answer(run, _("已暂停。正在执行的分片会做完，不再取新的；之后的结算夜也会等待。"))

    def _resume(self, day: date | None, by: User, reason: str, **_options: Any) -> dict[str, Any]:
        run = operating.night_of(day)
        operating.resume(run, reason, by=by, at=days.now())
        wake()
        return _answer(run, _("已恢复，已唤醒执行进程。"))

    def _retry(self, day: date | None, by: User, reason: str, shard: int | None, **_options: Any) -> dict[str, Any]:
        run = operating.night_of(day)
        if shard is None:
            operating.retry(run, reason, by=by, at=days.now())
        else:
            operating.retry_shard(operating.shard_of(run, shard), reason, by=by, at=days.now())
        wake()
        return _answer(run, _("马上再试，已唤醒执行进程。"))

    def _skip(self, day: date | None, by: User, reason: str, shard: int | None, **_options: Any) -> dict[str, Any]:
        if shard is None:
            raise CommandError(_("请写明跳过哪个分片，例如 --shard 3。"))
        run = operating.night_of(day)
        lines = operating.skip(operating.shard_of(run, shard), reason, by=by, at=days.now())
        wake()
        return {"postponed": lines} | _answer(run, _("已跳过，{lines} 行推迟到下一个结算夜。").format(lines=lines))

    def _backfill(self, day: date | None, by: User, reason: str, **_options: Any) -> dict[str, Any]:
        if day is None:
            raise CommandError(_("请写明补结算哪一天，例如 night backfill 2024-06-09。"))
        done = operating.backfill(day, reason, by=by, at=days.now())
        answer = {"days_taken": [str(each) for each in done.days_taken], "is_new": done.is_new}
        if not done.is_new:
            return answer | _answer(done.run, _("{day} 的结算夜早已开始，没有任何改动。").format(day=day))
        wake()
        text = _("已开始 {day} 的结算夜，已唤醒执行进程。它结算上一夜之后的 {count} 天：{first} 至 {day}。")
        taken = done.days_taken
        return answer | _answer(done.run, text.format(day=day, count=len(taken), first=taken[0]))


def _answer(run: Run, said: str) -> dict[str, Any]:
    run.refresh_from_db()
    return {"said": [said], "nights": [night_status(run, at=days.now())]}


def _lines(nights: list[dict[str, Any]], with_done: bool) -> Iterator[str]:
    for night in nights:
        counts = "  ".join(f"{status} {count}" for status, count in night["shards_by_status"].items())
        yield f"{night['day']}  {night['status']}  {counts}"
        if night["closing"]:
            yield _("  关账失败 {failures} 次：{error}").format(**night["closing"])
        for shard in night["shards"]:
            if with_done or shard["status"] != "done":
                yield "  " + "  ".join(
                    [
                        f"#{shard['no']} {shard['status']}",
                        shard["worker"] or "–",
                        f"lease {shard['lease_until'] or '–'}",
                        f"attempts {shard['attempts']}",
                        f"failures {shard['failures']}",
                        f"retry {shard['retry_at'] or '–'}",
                    ]
                )
                if shard["error"]:
                    yield f"      {shard['error'].splitlines()[0]}"
        for event in night["trail"]:
            where = f"#{event['shard']} " if event["shard"] else ""
            yield f"  {event['at']}  {event['by'] or '–'}  {where}{event['act']}  {event['reason']}"


def _who(options: dict[str, Any]) -> dict[str, Any]:
    username, reason = options.pop("by"), options.pop("reason")
    if username is None:
        raise CommandError(_("请用 --by 写明是哪位平台人员在操作。"))
    by = User.objects.filter(username=username, is_staff=True, is_active=True).first()
    if by is None:
        raise CommandError(_("没有平台人员 {username}。").format(username=username))
    return {"by": by, "reason": reason}
