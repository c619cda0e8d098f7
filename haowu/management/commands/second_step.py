"""``second_step reset USERNAME --reason TEXT``: for the last member of staff who has lost phone and recovery codes."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from haowu.embedded.ready import make_ready
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.tenants import second_step
from haowu.tenants.models import User


class Command(BaseCommand):
    help = "Forgets the authenticator and recovery codes of a member of staff, who enrols again at the next sign-in."

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["reset"])
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="why; kept in the trail")

    @transaction.atomic
    def handle(self, *, username, reason, **options):
        make_ready()
        user = User.objects.filter(username=username, is_staff=True).first()
        if user is None:
            raise CommandError(_("没有名为「{name}」的工作人员。").format(name=username))
        try:
            second_step.reset(user, reason, by=None, at=days.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(_("已重置。{name} 下次登录时重新绑定验证器。").format(name=username))
