"""The ground the other tests stand on: as whom they see, and that each leaves nothing behind."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpResponse
from django.urls import path

from haowu.ledger.books import Transfer, open_accounts, post
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant
from haowu.tenants.roles import ensure_roles, grant_existing
from haowu.tenants.scope import current_scope
from tests import database

urlpatterns = [path("scope/", lambda request: HttpResponse(f"scope={current_scope()}"))]


def ask(query: str, using: str = "default"):
    with connections[using].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_tests_run_as_the_app_role_which_row_level_security_binds():
    assert ask("SELECT current_user::text") == "haowu_app"
    assert ask("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
    assert ask("SELECT has_schema_privilege('public', 'CREATE')") is False


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("ground", ["db", "transactional_db"])
def test_a_request_begins_without_scope_and_leaves_the_test_in_the_platforms(ground, request, client):
    request.getfixturevalue(ground)
    assert current_scope() == "platform"
    assert client.get("/scope/").content == b"scope="
    assert current_scope() == "platform"


@pytest.mark.django_db(transaction=True)
def test_what_a_test_commits_is_gone_after_it_and_what_migrations_inserted_is_back():
    before = list(Tenant.objects.order_by("pk").values())
    book_one_fen()
    Tenant.objects.filter(kind="platform").update(name="changed")
    database.clean()
    assert (Posting.objects.count(), Account.objects.count()) == (0, 0)
    assert list(Tenant.objects.order_by("pk").values()) == before


@pytest.mark.django_db(transaction=True)
def test_cleaning_leaves_the_books_guarded():
    triggers = "SELECT array_agg((tgrelid, tgname, tgenabled)::text ORDER BY oid)::text FROM pg_trigger"
    before = ask(triggers)
    database.clean()
    assert ask(triggers) == before
    book_one_fen()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Posting.objects.all().delete()
    assert Posting.objects.count() == 1


@pytest.mark.django_db(databases=["default", "owner"])
def test_making_the_roles_again_changes_nothing():
    roles = "SELECT array_agg(r::text ORDER BY oid)::text FROM pg_roles r"
    members = "SELECT array_agg(m::text ORDER BY m::text)::text FROM pg_auth_members m"
    before = ask(roles, "owner"), ask(members, "owner")
    ensure_roles()
    assert (ask(roles, "owner"), ask(members, "owner")) == before


@pytest.mark.django_db(databases=["default", "owner"])
def test_tables_from_before_the_roles_are_granted_and_what_was_revoked_stays_so():
    rights = "SELECT has_table_privilege('haowu_app', %s, 'DELETE'), has_table_privilege('haowu_backup', %s, 'SELECT')"
    with connections["owner"].cursor() as cursor:
        for role in ("haowu_app", "haowu_backup"):
            cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role}")
        cursor.execute("CREATE TABLE older (id int)")
        cursor.execute("REVOKE DELETE ON ledger_posting FROM haowu_app")
        grant_existing()
        cursor.execute(rights, ["older"] * 2)
        assert cursor.fetchone() == (True, True)
        cursor.execute(rights, ["ledger_posting"] * 2)
        assert cursor.fetchone() == (False, True)


def book_one_fen() -> None:
    merchant = Tenant.objects.create(kind="merchant", code="m", name="m")
    accounts = open_accounts([(merchant.pk, "external"), (merchant.pk, "funding")])
    source, target = accounts[merchant.pk, "external"], accounts[merchant.pk, "funding"]
    post([Transfer(source, target, 1, Posting.Kind.COMMISSION, "reference", "cause")], day=date(2026, 1, 1))
    assert connection.get_autocommit()
