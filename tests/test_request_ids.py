"""One number for a request: in and out, in problems, on error pages, in logs, in tasks, in the trail."""

import json
import logging
import re

import pytest

from haowu.approvals import trail
from haowu.approvals.models import Trail
from haowu.approvals.named_task import NamedTask
from haowu.celery import app
from haowu.ground import days
from haowu.web import request_ids
from haowu.web.logs import JsonLines, WithRequestId

pytestmark = pytest.mark.django_db
MADE = re.compile("[0-9a-f]{32}")
PAGES = ["/sign-in/", "/healthz", "/no-such-page", "/api/v1/orders", "/api/nothing", "/oauth/token/", "/products/"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_brings_back_the_callers_number(client, path):
    answer = client.get(path, headers={"X-Request-Id": "shop-42/a~!"})
    assert answer["X-Request-Id"] == "shop-42/a~!"


@pytest.mark.parametrize("given", [None, "", "x" * 129, "two words", "名", "tab\there", "nul\x00", "line\nbreak"])
def test_a_number_that_cannot_be_used_is_made_anew(client, given):
    answers = [client.get("/sign-in/", headers={"X-Request-Id": given} if given is not None else {}) for _ in range(2)]
    first, second = (answer["X-Request-Id"] for answer in answers)
    assert MADE.fullmatch(first) and MADE.fullmatch(second)
    assert first != second


def test_a_number_of_128_characters_is_kept(client):
    assert client.get("/sign-in/", headers={"X-Request-Id": "x" * 128})["X-Request-Id"] == "x" * 128


def test_a_problem_and_an_error_page_show_the_number(client):
    problem = client.get("/api/nothing", headers={"X-Request-Id": "r-1"})
    assert problem.json()["request_id"] == "r-1"
    page = client.get("/no-such-page", headers={"X-Request-Id": "r-<2>"})
    assert "r-&lt;2&gt;" in page.content.decode()


def test_a_page_that_fails_shows_the_number(client, monkeypatch):
    monkeypatch.setattr("haowu.tenants.views.SignIn.get", lambda *_: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/sign-in/", headers={"X-Request-Id": "r-3"})
    assert (answer.status_code, answer["X-Request-Id"]) == (500, "r-3")
    assert "<code>r-3</code>" in answer.content.decode()


def record_of(text: str, *arguments: object) -> logging.LogRecord:
    made = logging.LogRecord("haowu.x", logging.WARNING, "x.py", 1, text, arguments, None)
    made.request = "<WSGIRequest: GET '/?phone=13800000000'>"
    with request_ids.within("r-4"):
        WithRequestId().filter(made)
    return made


def test_a_log_record_is_one_line_of_json_with_the_number_and_nothing_that_hangs_on_it():
    line = JsonLines().format(record_of("结算\n%s", "停下"))
    entry = json.loads(line)
    assert "\n" not in line
    assert entry.pop("at")
    assert entry == {"level": "WARNING", "logger": "haowu.x", "request_id": "r-4", "message": "结算\n停下"}


@pytest.mark.parametrize("path", ["/no-such-page", "/api/v1/orders", "/oauth/token/"])
def test_what_django_logs_of_a_refused_request_has_that_requests_number(client, caplog, path):
    caplog.handler.addFilter(WithRequestId())
    client.get(path, headers={"X-Request-Id": "r-7"})
    logged = [record for record in caplog.records if record.name == "django.request"]
    assert [record.request_id for record in logged] == ["r-7"]


def test_what_django_logs_of_a_failed_page_has_that_requests_number(client, caplog, monkeypatch):
    monkeypatch.setattr("haowu.tenants.views.SignIn.get", lambda *_: 1 / 0)
    client.raise_request_exception = False
    caplog.handler.addFilter(WithRequestId())
    client.get("/sign-in/", headers={"X-Request-Id": "r-8"})
    assert {record.request_id for record in caplog.records if record.name == "django.request"} == {"r-8"}


class TestTasks:
    @pytest.fixture
    def tried(self):
        @app.task(name="tests.tried", shared=False)
        def tried():
            trail.record("changed", "tenant", "t", at=days.now())
            return request_ids.current()

        yield tried
        app.tasks.unregister("tests.tried")

    def test_a_task_is_named_as_who_acts(self, tried):
        assert isinstance(tried, NamedTask)
        task_id = "0f0e"
        assert tried.apply(task_id=task_id).get() == task_id
        row = Trail.objects.get()
        assert (row.actor_kind, row.actor, row.request_id) == ("timer", "tests.tried", task_id)

    def test_a_task_goes_on_under_the_number_of_the_request_that_woke_it(self, tried):
        assert tried.apply(headers={"request_id": "r-5"}).get() == "r-5"
        assert request_ids.current() != "r-5"

    def test_who_wakes_a_task_sends_the_number_along(self, tried):
        with app.connection_for_write() as connection, request_ids.within("r-6"):
            queue = connection.SimpleQueue("tests-request-ids")
            tried.apply_async(queue="tests-request-ids", connection=connection)
            message = queue.get(timeout=5)
            assert message.headers["request_id"] == "r-6"
            message.ack()
            queue.close()
