"""The ground the other tests stand on: as whom they see, and that each leaves nothing behind."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpResponse
from django.urls import path

from haowu import embedded
from haowu.ledger.books import Transfer, open_accounts, post
from haowu.ledger.models import Account, Posting
from haowu.settings import database as logins
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


@contextmanager
def signed_in_as_jobs() -> Iterator:
    url = os.environ.get("DATABASE_JOBS_URL") or embedded.database_url("jobs")
    with closing(psycopg2.connect(url, dbname=connection.settings_dict["NAME"])) as session, session.cursor() as cursor:
        yield cursor


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("DATABASE_URL" in os.environ and "DATABASE_JOBS_URL" not in os.environ, reason="no login for jobs")
def test_jobs_see_the_platforms_rows_by_their_role_alone_and_row_level_security_binds_them():
    book_one_fen()
    with signed_in_as_jobs() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        for scope, seen in ((None, 1), ("999", 0), (None, 1)):
            if scope:
                cursor.execute("SET LOCAL app.tenant = %s", [scope])
            cursor.execute("SELECT count(*) FROM ledger_posting")
            assert cursor.fetchone() == (seen,)
            cursor.connection.rollback()
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE public.mine (id int)")


@pytest.mark.parametrize(
    ("jobs_url", "scope", "signed_in"),
    [
        ("postgres://haowu_jobs@db/haowu", "platform", ("haowu_jobs", None)),
        ("", "platform", ("haowu_app", "-c app.tenant=platform")),
        ("postgres://haowu_jobs@db/haowu", "", ("haowu_app", None)),
    ],
)
def test_a_process_asks_as_it_connects_only_for_what_its_role_does_not_carry(jobs_url, scope, signed_in, monkeypatch):
    monkeypatch.setattr(logins, "_JOBS_URL", jobs_url)
    monkeypatch.setattr(logins, "_APP_URL", "postgres://haowu_app@db/haowu")
    chosen = logins._default_database(scope)
    assert (chosen["USER"], chosen["OPTIONS"].get("options")) == signed_in


@pytest.mark.django_db(databases=["default", "owner"])
def test_an_owner_who_may_not_give_jobs_their_scope_says_what_a_superuser_has_to_run(monkeypatch):
    monkeypatch.delenv("DATABASE_JOBS_URL", raising=False)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER ROLE haowu_jobs RENAME TO haowu_jobs_with_scope")
    statement = "ALTER ROLE \"haowu_jobs\" SET app.tenant = 'platform';"
    assert [remark for remark in ensure_roles() if remark.endswith(statement)] != []
    monkeypatch.setenv("DATABASE_JOBS_URL", "postgres://haowu_jobs@db/haowu")
    with pytest.raises(ImproperlyConfigured) as refused:
        ensure_roles()
    assert str(refused.value) == f"As a superuser run: {statement}"


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
