"""``explain ORDER_NO [LINE_NO] [--json]`` and ``explain --all --json``: a line's whole story."""

import json

from django.core.management.base import BaseCommand, CommandError

from commissions.models import OrderLine
from commissions.stories import explain, sentences
from haowu.embedded.ready import make_ready
from haowu.management import arguments


class Command(BaseCommand):
    help = "Tells a line's story: events, terms with their trace, phases, cases, postings, what comes next."

    def add_arguments(self, parser):
        parser.add_argument("order_no", nargs="?", type=arguments.code)
        parser.add_argument("line_no", nargs="?", type=arguments.whole)
        parser.add_argument("--all", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, order_no, line_no, **options):
        if bool(order_no) == options["all"]:
            raise CommandError("请给出订单号，或使用 --all。")
        make_ready()
        lines = OrderLine.objects.order_by("order_no", "line_no", "pk")
        if order_no:
            lines = lines.filter(order_no=order_no, **({"line_no": line_no} if line_no is not None else {}))
            if not lines.exists():
                raise CommandError(
                    f"没有订单 {order_no} {line_no or ''}。请核对订单号；等待付款事件的订单还没有订单行。"
                )
        for story in explain.stories(lines):
            if options["json"]:
                self.stdout.write(json.dumps(story, ensure_ascii=False))
            else:
                self.stdout.write("\n".join([*sentences.sentences(story), ""]))
