"""Whatever is sent to the admin: its lists, filters, searches, rows, forms and actions. Never a 500."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import get_resolver, reverse

from tests import hostile
from tests.hostile import VALUES, at_once, nothing_failing, one_by_one, share, unlimited
from tests.hostile_market import market
from tests.world import undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
KEYS = (
    "NUL",
    "the admin's escaped NUL",
    "5,000 digits",
    "2**63",
    "below nothing",
    "year 1",
    "other folders",
    "a script",
)
OF_LISTS = ("q", "o", "p", "all", "e", "_popup", "_to_field", "_facets")


@pytest.fixture
def staff(settings) -> Client:
    unlimited(settings)
    return market().client("staff")


def registered() -> Iterator[tuple[Any, str]]:
    for model, shown in admin.site._registry.items():
        yield shown, f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def ask(client: Client, address: str, posted: dict | None = None) -> Any:
    with undone():
        return client.get(address) if posted is None else client.post(address, posted)


def test_no_query_breaks_a_list(staff):
    with nothing_failing():
        for shown, address in registered():
            for name in lookups(shown):
                for value in one_by_one(address + name):
                    ask(staff, f"{address}?{quote(name)}={quote(value)}")
        for name in OF_LISTS:  # read by Django's code, the same for every list
            for value in at_once(name):
                ask(staff, f"/admin/commissions/withdrawal/?{name}={quote(value)}")


def test_no_key_breaks_a_row(staff):
    with nothing_failing():
        for _shown, address in registered():
            for key in share(address, KEYS, 2):
                for page in ("change", "delete", "history"):
                    ask(staff, f"{address}{quote(VALUES[key], safe='')}/{page}/")
        for value in at_once("a row"):
            ask(staff, f"/admin/r/{ContentType.objects.first().pk}/{quote(value, safe='')}/")
            ask(staff, f"/admin/{quote(value, safe='')}/")
            for name in ("term", "app_label", "model_name", "field_name"):
                ask(staff, f"{reverse('admin:autocomplete')}?{name}={quote(value)}")
            ask(staff, f"/admin/login/?next={quote(value)}", {"username": value, "password": value, "next": value})


def test_no_form_breaks_a_row_that_is_added_or_changed(staff):
    with nothing_failing():
        for address, found in forms(staff):
            right = hostile.filled(found)
            names = [name for name in right if not name.endswith("_FORMS")]
            for value in at_once(address):
                ask(staff, address, right | dict.fromkeys(names, value))
            for name in share(address, names, 3):
                for value in one_by_one(address + name, 1):
                    ask(staff, address, right | {name: value})


def test_no_action_breaks_a_list(staff):
    with nothing_failing():
        for shown, address in registered():
            row = shown.model.objects.order_by("pk").first()
            right = {"_selected_action": [str(getattr(row, "pk", 1))], "index": "0", "select_across": "0"}
            right |= dict.fromkeys(getattr(shown.action_form, "declared_fields", {}), "10")
            for action in shown.actions or ():
                name = action if isinstance(action, str) else action.__name__
                ask(staff, address, right | {"action": name})
                for field in sorted(right.keys() - {"index", "select_across"}):
                    for value in one_by_one(address + name + field, 1):
                        ask(staff, address, right | {"action": name, field: value})


def test_no_page_of_our_own_in_the_admin_breaks(staff):
    with nothing_failing():
        for address in own_pages():
            for value in at_once(address):
                ask(staff, address, {"reason": value, "file": value, "action": value, "_save": "1"})
                ask(staff, f"{address}?a={quote(value)}")


def lookups(shown: Any) -> Iterator[str]:
    """The names that a list's filters read."""
    for each in shown.list_filter:
        if isinstance(each, tuple):
            yield from (f"{each[0]}__isempty", f"{each[0]}_from", f"{each[0]}_to")
        elif isinstance(each, str):
            yield from (f"{each}__exact", f"{each}__gte", f"{each}__lt", f"{each}_from", f"{each}_to")
        else:
            yield each.parameter_name


def forms(staff: Client) -> Iterator[tuple[str, list]]:
    """The pages that add a row and those that change one, with the forms that stand on them."""
    for shown, address in registered():
        row = shown.model.objects.order_by("pk").first()
        for page in ("add/", *([f"{row.pk}/change/"] if row else [])):
            answer = staff.get(address + page)
            if answer.status_code == 200 and answer.context and "adminform" in answer.context:
                sets = [each.formset for each in answer.context["inline_admin_formsets"]]
                yield address + page, [answer.context["adminform"].form, *sets]


def own_pages() -> set[str]:
    """Pages beside those that Django's admin brings, for the first row of their list."""
    known = ("add", "change", "changelist", "delete", "history")
    found = set()
    for each in get_resolver("haowu.urls").url_patterns:
        if getattr(each, "app_name", "") == "admin":
            for below in each.url_patterns:
                for pattern in getattr(below, "url_patterns", ()):
                    if pattern.name and not pattern.name.endswith(known):
                        route = f"/admin/{below.pattern}{pattern.pattern}"
                        found.add(hostile.Page(pattern.name, route[1:], None).address({}))
    return found
