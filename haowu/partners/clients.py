"""Registering API clients. The secret is shown once and kept as a hash."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.scopes import get_scopes_backend

from haowu.approvals.trail import record
from haowu.approvals.words import Act, Subject
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.partners.models import ApiClient
from haowu.tenants.models import Tenant


class ScopeUnknown(Refused):
    code = "SCOPE_UNKNOWN"
    text = _("没有权限「{scope}」。可用：{known}。")


@transaction.atomic
def register_client(tenant: Tenant, name: str, scopes: Iterable[str]) -> tuple[str, str]:
    """``(client id, secret)`` of a new client of ``tenant``.

    A tenant may have several: to rotate a secret, register another client and delete the first once it is unused.
    """
    scopes = list(dict.fromkeys(scopes))
    known = get_scopes_backend().get_all_scopes()
    for scope in scopes:
        if scope not in known:
            raise ScopeUnknown(scope=scope, known="、".join(known))
    secret = generate_client_secret()
    client = ApiClient.objects.create(
        tenant=tenant,
        name=name,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
        allowed_scopes=" ".join(scopes),
    )
    details = {"name": name, "scopes": scopes}
    record(Act.CREATED, Subject.API_CLIENT, client.client_id, at=days.now(), tenant=tenant, after=details)
    return client.client_id, secret
