"""The OpenAPI description: complete, valid, and changed only on purpose.

To refresh the snapshot after an intended change::

    HAOWU_HOME=.dev-test .venv/bin/python manage.py spectacular --file tests/api/openapi.yaml
"""

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from tests.api.test_access import routes

SNAPSHOT = Path(__file__).with_name("openapi.yaml")

MADE = {
    "request_withdrawal",
    "cancel_withdrawal",
    "draft_activity",
    "publish_activity",
    "close_activity",
    "ask_change",
    "agree_to_base",
    "withdraw_consent",
    "plan_live_session",
    "add_shelf_group",
}
"""Operations that answer 201 with what they made."""


@pytest.fixture(scope="module")
def schema(tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", file=str(file), fail_on_warn=True, validate=True)
    return file.read_text()


def operations(schema: str):
    for path, methods in yaml.safe_load(schema)["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def test_the_description_is_the_one_that_was_agreed(schema):
    assert schema == SNAPSHOT.read_text(), f"see the head of {Path(__file__).name}"


def test_every_route_is_described(schema):
    assert len(list(operations(schema))) == len(routes())


def test_every_operation_names_its_scope_and_every_status_it_answers(schema):
    for path, method, operation in operations(schema):
        done = "201" if operation["operationId"] in MADE else "200"
        expected = {done, "400", "401", "403", "405", "411", "413", "422", "429", "500", "503"}
        expected |= {"404"} if "{" in path else set()
        expected |= {"404", "409", "415"} if method in ("POST", "PATCH") else set()
        expected |= {"409"} if operation["operationId"] == "read_order_line" else set()
        assert set(operation["responses"]) == expected, path
        assert len(operation["security"][0]["oauth2"]) == 1
        for status, response in operation["responses"].items():
            media_type = "application/json" if status == done else "application/problem+json"
            assert list(response["content"]) == [media_type]


def test_no_model_is_shown_by_all_of_its_fields():
    sources = [*Path("commissions/api").glob("*.py"), *Path("tuanzhang/api").glob("*.py")]
    sources += [*Path("bases/api").glob("*.py"), *Path("merchants/api").glob("*.py")]
    sources += [*Path("haowu/partners").glob("*.py"), *Path("streamers").rglob("*api*.py")]
    assert sources
    assert not [
        path
        for path in sources
        if re.search(r"fields\s*=\s*['\"]__all__", path.read_text()) or "ModelSerializer" in path.read_text()
    ]


@pytest.mark.django_db
def test_the_description_is_served(client, schema):
    answer = client.get("/api/schema/", headers={"Accept-Language": "zh-hans"})
    assert answer.status_code == 200
    assert yaml.safe_load(answer.content) == yaml.safe_load(schema)
    assert client.get("/api/schema/?format=json").json()["openapi"].startswith("3.")


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?format=json", "?lang=en", "?version=%0d%0aX", "?lang=%00", "?lang=tlh"])
def test_the_description_is_made_once_and_who_has_it_is_not_sent_it_again(client, monkeypatch, query):
    first = client.get(f"/api/schema/{query}")
    assert (first.status_code, first["Cache-Control"]) == (200, "public, max-age=300")
    assert {"Accept", "Accept-Language"} <= set(first["Vary"].split(", "))
    monkeypatch.setattr("drf_spectacular.generators.SchemaGenerator.get_schema", lambda *_, **__: 1 / 0)
    assert client.get(f"/api/schema/{query}").content == first.content
    known = client.get(f"/api/schema/{query}", headers={"If-None-Match": first["ETag"]})
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", first["ETag"])
    assert client.get(f"/api/schema/{query}", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.django_db
def test_each_language_has_its_own_description(client):
    chinese, english, named = (
        client.get("/api/schema/", headers={"Accept-Language": "zh-hans"}),
        client.get("/api/schema/", headers={"Accept-Language": "en"}),
        client.get("/api/schema/?lang=en", headers={"Accept-Language": "zh-hans"}),
    )
    assert "推送订单事件" in chinese.content.decode()
    assert "推送订单事件" not in english.content.decode()
    assert named.content == english.content
    assert len({chinese["ETag"], english["ETag"]}) == 2
    assert client.get("/api/schema/?format=csv").status_code == 404


@pytest.mark.django_db
def test_the_page_brings_no_inline_script_or_style_and_nothing_from_elsewhere(client):
    page = client.get("/api/docs/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in html
    assert "://" not in html.replace("http://www.w3.org", "")
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    scripts = [part.partition('"')[0] for part in html.split('<script src="')[1:]]
    assert html.count("<script") == len(scripts) == 3
    assert client.get(scripts[-1]).headers["Content-Type"].startswith("application/javascript")
