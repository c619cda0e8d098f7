"""Whatever is sent to whatever address of the console, by every kind of member: never a 500.

The admin and the API are walked by tests of their own, beside this one.
"""

from typing import Any
from urllib.parse import quote

import pytest
from django import forms
from django.test import Client

from tests import hostile
from tests.hostile import CUT, Page, at_once, nothing_failing, one_by_one, pages, share, unlimited
from tests.hostile_market import Market, market
from tests.world import undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NAMED_IN_THE_BODY = ("take-off", "unlist-streamer", "place-on-shelf", "replace-on-shelf")
"""What they act on stands in the body, which is empty here."""
KINDS = ("streamer", "merchant", "tuanzhang", "base")


@pytest.fixture
def place(settings) -> Market:
    unlimited(settings)
    return market()


NO_ROW = {
    "appeal-month",
    "retract-appeal",
    "retract-second",
    "why-product",
    "rename-view",
    "remove-view",
    "rehearse-session",
}
"""No month of this market was judged, so that none is appealed; the second level is another leader's to retract.
Nothing was learned of matches, a view is its member's own, and only the demo plays sessions."""


def test_every_address_that_is_walked_leads_somewhere(place):
    """A new page with ids in its address is given real ones in ``tests.hostile_market``, or it is walked in vain."""
    signed_in = clients(place)
    vain = {
        page.name
        for page in pages()
        if page.parts and all(leads_nowhere(signed_in[kind], page.address(place.parts(page.name))) for kind in of(page))
    }
    assert vain == {"media", "public-picture", "remove-picture", "move-picture", *NAMED_IN_THE_BODY, *NO_ROW}


def test_no_part_of_a_path_breaks_a_page(place):
    signed_in = clients(place)
    with nothing_failing():
        for page in pages():
            for part in page.parts:
                for value in [*(quote(text, safe="") for text in at_once(page.route + part)), *share(part, CUT, 1)]:
                    get(signed_in[of(page)[0]], page.address(place.parts(page.name) | {part: value}))


def test_no_query_breaks_a_page(place):
    """All names at once, since each is read by itself; then name by name."""
    signed_in = clients(place)
    with nothing_failing():
        for page in (each for each in pages() if each.query and hasattr(each.view, "get")):
            address, names, (first, *others) = page.address(place.parts(page.name)), page.query, of(page)
            for value in (*map(quote, at_once(page.route)), *share(page.route, CUT, 1)):
                get(signed_in[first], f"{address}?{'&'.join(f'{name}={value}' for name in names)}")
            for kind in others:
                for value in map(quote, one_by_one(page.route + kind, 1)):
                    get(signed_in[kind], f"{address}?{'&'.join(f'{name}={value}' for name in names)}")
            for name in share(page.route, names, 2) if len(names) > 1 else ():
                for value in map(quote, one_by_one(page.route + name, 1)):
                    get(signed_in[first], f"{address}?{name}={value}")


@pytest.mark.parametrize("kind", KINDS)
def test_no_form_breaks_a_page(place, kind):
    """First every field at once, then each by itself beside what a person would write."""
    client = place.client(kind)
    with nothing_failing():
        for page in pages():
            if not page.is_form or kind not in of(page):
                continue
            address = page.address(place.parts(page.name))
            right = as_written(client, page, address)
            names = [name for name in right if not name.endswith("_FORMS")]
            for value in at_once(page.route):
                post(client, address, right | dict.fromkeys(names, value))
            for name in right:
                for value in one_by_one(page.route + name):
                    post(client, address, right | {name: value})


def test_no_file_breaks_a_page_that_takes_one(place):
    with nothing_failing():
        for kind, address, name in (
            ("merchant", "/products/{public_id}/pictures/".format(**place.parts("add-picture")), "picture"),
            ("base", "/base/stock/upload/", "upload-file"),
        ):
            client = place.client(kind)
            fields = {"upload-kind": "snapshot", "upload-sequence": "9", "upload-counted_at": "2024-06-20T10:00"}
            for content in share(name, hostile.files(), 12):
                post(client, address, fields | {name: hostile.upload("table.csv", content)})
            for called in ("\0.csv", "../../x.png", "长" * 300 + ".png", "=1.csv", "'\"><script>.webp"):
                post(client, address, fields | {name: hostile.upload(called, b"merchant,product,sku")})


@pytest.mark.parametrize("header", ["accept-language", "referer", "x-forwarded-for", "user-agent", "accept", "cookie"])
def test_no_header_breaks_a_page(place, header):
    client = place.client("merchant")
    with nothing_failing():
        for text in at_once(header):
            value = text.replace("\0", "").replace("\r\n", " ").encode().decode("latin-1")
            sent = f"django_language={value}; csrftoken={value}; messages={value}" if header == "cookie" else value
            for address in ("/products/", "/sign-in/", "/admin/", "/nowhere/"):
                get(client, address, {header: sent})
            post(client, "/language/setlang/", {"language": text, "next": text}, {header: sent})
            post(client, "/sign-in/", {"username": text, "password": text, "next": text}, {header: sent})


def leads_nowhere(client: Client, address: str) -> bool:
    code = get(client, address)
    return (post(client, address, {}) if code == 405 else code) == 404


def of(page: Page) -> tuple[str, ...]:
    """The kinds of member who may open the page."""
    return (page.kind,) if page.kind else KINDS


def clients(place: Market) -> dict[str, Client]:
    return {kind: place.client(kind) for kind in KINDS}


def get(client: Client, address: str, headers: dict[str, str] | None = None) -> int:
    with undone():
        answer = client.get(address, headers=headers)
        if answer.streaming:
            b"".join(answer.streaming_content)
    return answer.status_code


def post(client: Client, address: str, fields: dict[str, Any], headers: dict[str, str] | None = None) -> int:
    with undone():
        return client.post(address, fields, headers=headers).status_code


def as_written(client: Client, page: Page, address: str) -> dict[str, Any]:
    """What a person would send from the page as it stands, or from what its views name where it only takes a POST."""
    layers = [layer for context in client.get(address).context or () for layer in getattr(context, "dicts", [context])]
    shown = {id(each): each for layer in layers for each in layer.values() if isinstance(each, KINDS_OF_FORM)}
    right = hostile.filled(list(shown.values()) or hostile.blank_forms(page))
    return dict.fromkeys(hostile.posted_by_hand(page), "文本") | right


KINDS_OF_FORM = (forms.BaseForm, forms.BaseFormSet)
