"""Whose rows PostgreSQL shows: the setting ``app.tenant``, read by every row-level security policy.

``<tenant id>`` shows that tenant's rows, ``platform`` all of them, nothing (NULL or ``''``) none. Commands and
workers (``HAOWU_SCOPE=platform``) sign in as a role that carries the platform's scope; web requests begin with none and
choose one inside their transaction, where it ends by itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

PLATFORM = "platform"
T = TypeVar("T")


def enter_scope(scope: int | str) -> None:
    """Show ``scope``'s rows until the running transaction ends. RuntimeError outside of a transaction.

    A statement, not the function ``set_config``: that stays on the node that is asked and never reaches the others of a
    distributed database, where a scope set earlier would still show its rows.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a scope is set inside a transaction, so that it cannot leak into the next request")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.tenant = %s", [str(scope)])


def read_only() -> None:
    """Let nothing be written until the running transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")


def is_reading_only() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only')")
        return cursor.fetchone()[0] == "on"


def current_scope() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.tenant', true), '')")
        return cursor.fetchone()[0]


def refuse_lost_scope(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """ImproperlyConfigured when a process of the platform has connected without its scope and would find no rows.

    For ``connection_created``: a pooler does not pass on what is asked for at connecting.
    """
    if connection.alias != "default" or not settings.HAOWU_SCOPE:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.tenant', true), ''), current_user")
        scope, role = cursor.fetchone()
    if scope != settings.HAOWU_SCOPE:
        raise ImproperlyConfigured(
            f"Signed in as {role} in the scope {scope!r}, not {settings.HAOWU_SCOPE!r}: set DATABASE_JOBS_URL to the"
            " login haowu_jobs, and as a superuser run: ALTER ROLE haowu_jobs SET app.tenant = 'platform';"
        )


@contextmanager
def platform_scope() -> Iterator[None]:
    """For acts that must weigh rows of several tenants, such as choosing an offer. Restores the scope after.

    Inside a transaction only. When the block fails the transaction or savepoint around it rolls the setting back.
    """
    before = current_scope()
    enter_scope(PLATFORM)
    yield
    enter_scope(before)


def streamed(scope: int | str, rows: Callable[[], Iterator[T]]) -> Iterator[T]:
    """``rows()`` in a transaction of their own that shows the rows of ``scope``.

    For streamed answers: they are read when the request's transaction, and its scope with it, is over.
    """
    with transaction.atomic():
        enter_scope(scope)
        yield from rows()
