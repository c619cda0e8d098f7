"""``api_client KIND CODE --name NAME --scope SCOPE …``: a new OAuth client; its secret is shown this once."""

import json

from django.core.management.base import BaseCommand, CommandError

from haowu.embedded.ready import make_ready
from haowu.ground.errors import Refused
from haowu.management import arguments
from haowu.partners.clients import register_client
from haowu.tenants.models import Tenant


class Command(BaseCommand):
    help = "Registers an API client of a tenant and prints its id and secret. The secret is not kept: note it down."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=Tenant.Kind.values)
        parser.add_argument(
            "code", type=arguments.code, help="code of the tenant; a new order source (partner) is created"
        )
        parser.add_argument("--name", default="")
        parser.add_argument("--scope", action="append", default=[], dest="scopes")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, kind, code, name, scopes, **options):
        make_ready()
        try:
            client_id, secret = register_client(_tenant(kind, code), name or code, scopes)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        if options["json"]:
            self.stdout.write(json.dumps({"client_id": client_id, "client_secret": secret}))
        else:
            self.stdout.write(f"client_id      {client_id}\nclient_secret  {secret}\n密钥只显示这一次，请妥善保存。")


def _tenant(kind: str, code: str) -> Tenant:
    if kind == Tenant.Kind.PARTNER:
        return Tenant.objects.get_or_create(kind=kind, code=code, defaults={"name": code})[0]
    tenant = Tenant.objects.coded(kind, [code]).get(code)
    if tenant is None:
        raise CommandError(f"没有编号为 {code} 的{Tenant.Kind(kind).label}。")
    return tenant
