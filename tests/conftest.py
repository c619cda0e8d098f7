"""Tests run as the app role, bound by row-level security, in the platform's scope unless they choose another."""

import os
import threading
import uuid
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from haowu import embedded
from haowu.tenants.scope import PLATFORM
from tests import campaign, database
from tests.faults import rows

pytest_plugins = ["tests.browser", "tests.debts", "tests.hashing", "tests.matches", "tests.api.callers"]
"""Fixtures that several files take by name."""

# Django would flush as the app role, which has no right to TRUNCATE.
TransactionTestCase._fixture_teardown = lambda self: database.clean()


@pytest.fixture(autouse=True)
def chinese_first():
    """A request leaves its language in the thread; the next test begins in the platform's own."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_keepdb):
    worker = getattr(request.config, "workerinput", {})
    name = "_".join(["test_haowu", *filter(None, [worker.get("workerid")])])
    run = worker.get("testrunuid") or uuid.uuid4().hex
    with django_db_blocker.unblock(), database.made(name, run, reuse=django_db_keepdb), django_db_blocker.block():
        yield


@pytest.fixture
def _django_db_helper(_django_db_helper, django_db_blocker):
    """Every way to the database leads through pytest-django's fixture of this name, which this one extends.

    A request begins without scope, as in the web, and leaves the test in the platform's again.
    """
    here = threading.get_ident()

    def enter(scope: str) -> None:
        if threading.get_ident() == here:
            with connection.cursor() as cursor:
                how_long = "LOCAL" if connection.in_atomic_block else "SESSION"
                cursor.execute(f"SET {how_long} app.tenant = %s", [scope])

    def leave_scope(**_) -> None:
        enter("")

    def enter_platform(**_) -> None:
        enter(PLATFORM)

    enter_platform()
    request_started.connect(leave_scope)
    request_finished.connect(enter_platform)
    yield
    request_started.disconnect(leave_scope)
    request_finished.disconnect(enter_platform)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    if not connection.in_atomic_block:
        connection.close()


@pytest.fixture
def process_environment(transactional_db) -> dict[str, str]:
    """For programs that a test starts: the test's database and Redis, the platform's scope."""
    name = settings.DATABASES["default"]["NAME"]
    owner = os.environ.get("DATABASE_URL") or embedded.database_url("owner")

    def login(role: str) -> str:
        ours = "" if os.environ.get("DATABASE_URL") else embedded.database_url(role)
        url = os.environ.get(f"DATABASE_{role.upper()}_URL") or ours
        return url and urlsplit(url)._replace(path=f"/{name}").geturl()

    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "haowu.settings",
        "DATABASE_URL": urlsplit(owner)._replace(path=f"/{name}").geturl(),
        "DATABASE_APP_URL": login("app"),
        "DATABASE_JOBS_URL": login("jobs"),
        "REDIS_URL": settings.REDIS_URL,
        "HAOWU_SCOPE": PLATFORM,
    }


def pytest_collection_modifyitems(items):
    """Tests that start whole programs run on one worker, one after the other: they weigh on each other's time-outs."""
    for item in items:
        if "faults" in item.path.parts or item.path.name == "test_demo.py":
            item.add_marker(pytest.mark.xdist_group("programs"))


def pytest_terminal_summary(terminalreporter):
    """What the random campaigns of this run did."""
    reports = [report for each in terminalreporter.stats.values() for report in each]
    for line in (*campaign.summary(reports), *rows.summary(reports)):
        terminalreporter.write_line(line)
