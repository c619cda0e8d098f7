"""``rotate_keys [--batch N]``: personal data sealed anew with the first of DATA_KEYS."""

from django.core.management.base import BaseCommand
from django.db.models import Count
from django.utils.translation import gettext as _

from haowu.embedded.ready import make_ready
from haowu.tenants import personal
from haowu.tenants.models import PersonalRecord
from haowu.tenants.sealing import keyring


class Command(BaseCommand):
    help = "Seals personal data anew with the current key. May be interrupted and run again."

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=personal.ROTATED_AT_ONCE)

    def handle(self, *, batch, **options):
        make_ready()
        done = 0
        for count in personal.rotate(batch):
            done += count
            self.stdout.write(_("已重新加密 {done} 条").format(done=done))
        by_key = dict(PersonalRecord.objects.values_list("key_id").annotate(Count("pk")).order_by("key_id"))
        for key_id in keyring().keys:
            self.stdout.write(_("密钥 {key_id}：{count} 条").format(key_id=key_id, count=by_key.get(key_id, 0)))
