"""Who may call what: one table of expected answers, with a row for every route (OWASP API1, API5)."""

from datetime import timedelta

import pytest
from django.urls import URLPattern, get_resolver

from bases import consenting
from bases.models import Consent
from commissions.models import OrderEvent, Withdrawal
from haowu.ground import days
from streamers.live import planning
from streamers.models import LiveSession
from tests.api.access_bodies import BODIES, EVENT, TONIGHT
from tests.api.callers import ALL_SCOPES, Caller
from tests.bases import base
from tests.build import leader, merchant, source, streamer

pytestmark = pytest.mark.django_db

CALLERS = ["anonymous", "partner", "merchant", "streamer", "leader",
           "other_partner", "other_merchant", "other_streamer", "other_leader"]  # fmt: skip

#                                                               anon part merch strm lead  the same kinds, others
TABLE = {
    ("POST", "/order-events"):                                    [401, 200, 403, 403, 403,  200, 403, 403, 403],
    ("GET", "/order-events"):                                     [401, 200, 403, 403, 403,  200, 403, 403, 403],
    ("GET", "/order-events/paid-o1"):                             [401, 200, 403, 403, 403,  404, 403, 403, 403],
    ("GET", "/orders"):                                           [401, 200, 200, 200, 200,  200, 200, 200, 200],
    ("GET", "/orders/o1/lines/1"):                                [401, 200, 200, 200, 404,  404, 404, 404, 404],
    ("GET", "/categories"):                                       [401, 200, 200, 200, 200,  200, 200, 200, 200],
    ("GET", "/products"):                                         [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("POST", "/products"):                                        [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("GET", "/products/p1"):                                      [401, 403, 200, 403, 403,  403, 404, 403, 403],
    ("PATCH", "/products/p1"):                                    [401, 403, 200, 403, 403,  403, 404, 403, 403],
    ("POST", "/listings"):                                        [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("POST", "/delistings"):                                      [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("GET", "/plans"):                                            [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("POST", "/plans"):                                           [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("POST", "/plan-rates"):                                      [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("POST", "/plan-endings"):                                    [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("GET", "/selection"):                                        [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("GET", "/selection/nothing-here"):                           [401, 403, 403, 404, 403,  403, 403, 404, 403],
    ("GET", "/selection-modules"):                                [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("GET", "/selection-modules/nothing-here/products"):          [401, 403, 403, 404, 403,  403, 403, 404, 403],
    ("GET", "/suggestions"):                                      [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("GET", "/selection/nothing-here/calculation"):               [401, 403, 403, 404, 403,  403, 403, 404, 403],
    ("GET", "/comparisons"):                                      [401, 403, 403, 422, 403,  403, 403, 422, 403],
    ("GET", "/shelf"):                                            [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("POST", "/picks"):                                           [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("POST", "/unpicks"):                                         [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("POST", "/shelf-replacements"):                              [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("POST", "/shelf-places"):                                    [401, 403, 403, 409, 403,  403, 403, 409, 403],
    ("POST", "/shelf-moves"):                                     [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("GET", "/shelf-groups"):                                     [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("POST", "/shelf-groups"):                                    [401, 403, 403, 201, 403,  403, 403, 201, 403],
    ("POST", "/shelf-groups/none/name"):                          [401, 403, 403, 404, 403,  403, 403, 404, 403],
    ("POST", "/shelf-groups/none/removal"):                       [401, 403, 403, 404, 403,  403, 403, 404, 403],
    ("GET", "/links"):                                            [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("POST", "/links"):                                           [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("POST", "/link-resolutions"):                                [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("GET", "/live-sessions"):                                    [401, 403, 403, 200, 403,  403, 403, 200, 403],
    ("POST", "/live-sessions"):                                   [401, 403, 403, 201, 403,  403, 403, 201, 403],
    ("GET", "/live-sessions/e1"):                                 [401, 403, 403, 200, 403,  403, 403, 404, 403],
    ("POST", "/live-sessions/e1/items"):                          [401, 403, 403, 200, 403,  403, 403, 404, 403],
    ("POST", "/live-sessions/e1/start"):                          [401, 403, 403, 200, 403,  403, 403, 404, 403],
    ("POST", "/live-sessions/e1/end"):                            [401, 403, 403, 409, 403,  403, 403, 404, 403],
    ("GET", "/live-sessions/e1/report"):                          [401, 403, 403, 409, 403,  403, 403, 404, 403],
    ("GET", "/balances"):                                         [401, 403, 403, 200, 200,  403, 403, 200, 200],
    ("GET", "/withdrawals"):                                      [401, 403, 403, 200, 200,  403, 403, 200, 200],
    ("GET", "/withdrawals/w1"):                                   [401, 403, 403, 200, 404,  403, 403, 404, 404],
    ("POST", "/withdrawals"):                                     [401, 403, 403, 201, 409,  403, 403, 409, 409],
    ("POST", "/withdrawals/w1/cancellation"):                     [401, 403, 403, 201, 404,  403, 403, 404, 404],
    ("GET", "/statements"):                                       [401, 200, 200, 200, 200,  200, 200, 200, 200],
    ("GET", "/statements/available/2024-06-10"):                  [401, 404, 404, 200, 404,  404, 404, 404, 404],
    ("GET", "/statements/funding/2024-06-10"):                    [401, 404, 200, 404, 404,  404, 404, 404, 404],
    ("GET", "/statements/available/2024-06-10/lines"):            [401, 404, 404, 200, 404,  404, 404, 404, 404],
    ("GET", "/statements/funding/2024-06-10/lines"):              [401, 404, 200, 404, 404,  404, 404, 404, 404],
    ("GET", "/statements/months"):                                [401, 200, 200, 200, 200,  200, 200, 200, 200],
    ("GET", "/statements/months/available/2024-06"):              [401, 404, 404, 200, 404,  404, 404, 404, 404],
    ("GET", "/statements/available/2024-06-10/postings"):         [401, 404, 404, 200, 404,  404, 404, 404, 404],
    ("GET", "/statements/funding/2024-06-10/entries/cost"):       [401, 404, 200, 404, 404,  404, 404, 404, 404],
    ("GET", "/statements/funding/2024-06-10/entries/cost/lines"): [401, 404, 200, 404, 404,  404, 404, 404, 404],
    ("GET", "/level"):                                            [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("GET", "/levels"):                                           [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("GET", "/assessments"):                                      [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("GET", "/rebates"):                                          [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("GET", "/activities"):                                       [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("POST", "/activities"):                                      [401, 403, 403, 403, 201,  403, 403, 403, 201],
    ("GET", "/activities/a1"):                                    [401, 403, 403, 403, 200,  403, 403, 403, 404],
    ("POST", "/activities/a1/publication"):                       [401, 403, 403, 403, 201,  403, 403, 403, 404],
    ("POST", "/activities/a2/closing"):                           [401, 403, 403, 403, 201,  403, 403, 403, 404],
    ("GET", "/open-activities"):                                  [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("GET", "/enrolments"):                                       [401, 403, 200, 403, 200,  403, 200, 403, 200],
    ("POST", "/enrolments"):                                      [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("POST", "/enrolment-decisions"):                             [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("GET", "/change-requests"):                                  [401, 403, 200, 403, 200,  403, 200, 403, 200],
    ("POST", "/change-requests"):                                 [401, 403, 404, 403, 403,  403, 404, 403, 403],
    ("POST", "/change-request-answers"):                          [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("GET", "/second-level"):                                     [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("POST", "/second-level"):                                    [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("POST", "/second-level-decisions"):                          [401, 403, 403, 403, 200,  403, 403, 403, 200],
    ("POST", "/stock-snapshots"):                                 [401, 403, 403, 403, 403,  403, 403, 403, 403],
    ("POST", "/stock-changes"):                                   [401, 403, 403, 403, 403,  403, 403, 403, 403],
    ("GET", "/stock-feeds"):                                      [401, 403, 403, 403, 403,  403, 403, 403, 403],
    ("GET", "/stock-feeds/1"):                                    [401, 403, 403, 403, 403,  403, 403, 403, 403],
    ("GET", "/stock"):                                            [401, 403, 403, 403, 403,  403, 403, 403, 403],
    ("GET", "/trail"):                                            [401, 200, 200, 200, 200,  200, 200, 200, 200],
    ("GET", "/brands"):                                           [401, 200, 200, 200, 200,  200, 200, 200, 200],
    ("GET", "/brand-introductions"):                              [401, 403, 403, 403, 403,  403, 403, 403, 403],
    ("POST", "/brand-introductions"):                             [401, 403, 403, 403, 403,  403, 403, 403, 403],
    ("GET", "/consents"):                                         [401, 403, 200, 403, 403,  403, 200, 403, 403],
    ("POST", "/consents"):                                        [401, 403, 201, 403, 403,  403, 201, 403, 403],
    ("POST", "/consents/c1/withdrawal"):                          [401, 403, 201, 403, 403,  403, 404, 403, 403],
}  # fmt: skip

SCOPES = {
    ("GET", "/categories"): "products:read",
    ("GET", "/products"): "products:read",
    ("POST", "/products"): "products:write",
    ("GET", "/products/p1"): "products:read",
    ("PATCH", "/products/p1"): "products:write",
    ("POST", "/listings"): "products:write",
    ("POST", "/delistings"): "products:write",
    ("GET", "/plans"): "plans:read",
    ("POST", "/plans"): "plans:write",
    ("POST", "/plan-rates"): "plans:write",
    ("POST", "/plan-endings"): "plans:write",
    ("GET", "/selection"): "selection:read",
    ("GET", "/selection/nothing-here"): "selection:read",
    ("GET", "/selection-modules"): "selection:read",
    ("GET", "/selection-modules/nothing-here/products"): "selection:read",
    ("GET", "/suggestions"): "selection:read",
    ("GET", "/selection/nothing-here/calculation"): "selection:read",
    ("GET", "/comparisons"): "selection:read",
    ("GET", "/shelf"): "shelf:read",
    ("POST", "/picks"): "shelf:write",
    ("POST", "/unpicks"): "shelf:write",
    ("POST", "/shelf-replacements"): "shelf:write",
    ("POST", "/shelf-places"): "shelf:write",
    ("POST", "/shelf-moves"): "shelf:write",
    ("GET", "/shelf-groups"): "shelf:read",
    ("POST", "/shelf-groups"): "shelf:write",
    ("POST", "/shelf-groups/none/name"): "shelf:write",
    ("POST", "/shelf-groups/none/removal"): "shelf:write",
    ("GET", "/links"): "links:read",
    ("GET", "/live-sessions"): "sessions:read",
    ("POST", "/live-sessions"): "sessions:write",
    ("GET", "/live-sessions/e1"): "sessions:read",
    ("POST", "/live-sessions/e1/items"): "sessions:write",
    ("POST", "/live-sessions/e1/start"): "sessions:write",
    ("POST", "/live-sessions/e1/end"): "sessions:write",
    ("GET", "/live-sessions/e1/report"): "sessions:read",
    ("POST", "/links"): "links:write",
    ("POST", "/link-resolutions"): "links:read",
    ("POST", "/order-events"): "order-events:write",
    ("GET", "/order-events"): "order-events:read",
    ("GET", "/order-events/paid-o1"): "order-events:read",
    ("GET", "/orders"): "orders:read",
    ("GET", "/orders/o1/lines/1"): "orders:read",
    ("GET", "/balances"): "earnings:read",
    ("GET", "/withdrawals"): "earnings:read",
    ("GET", "/withdrawals/w1"): "earnings:read",
    ("POST", "/withdrawals"): "withdrawals:write",
    ("POST", "/withdrawals/w1/cancellation"): "withdrawals:write",
    ("GET", "/statements"): "statements:read",
    ("GET", "/statements/available/2024-06-10"): "statements:read",
    ("GET", "/statements/funding/2024-06-10"): "statements:read",
    ("GET", "/statements/available/2024-06-10/lines"): "statements:read",
    ("GET", "/statements/funding/2024-06-10/lines"): "statements:read",
    ("GET", "/statements/months"): "statements:read",
    ("GET", "/statements/months/available/2024-06"): "statements:read",
    ("GET", "/statements/available/2024-06-10/postings"): "statements:read",
    ("GET", "/statements/funding/2024-06-10/entries/cost"): "statements:read",
    ("GET", "/statements/funding/2024-06-10/entries/cost/lines"): "statements:read",
    ("POST", "/stock-snapshots"): "stock:write",
    ("POST", "/stock-changes"): "stock:write",
    ("GET", "/stock-feeds"): "stock:read",
    ("GET", "/stock-feeds/1"): "stock:read",
    ("GET", "/stock"): "stock:read",
    ("GET", "/trail"): "trail:read",
    ("GET", "/brands"): "brands:read",
    ("GET", "/brand-introductions"): "brands:read",
    ("POST", "/brand-introductions"): "brands:write",
    ("GET", "/consents"): "consents:read",
    ("POST", "/consents"): "consents:write",
    ("POST", "/consents/c1/withdrawal"): "consents:write",
    ("GET", "/level"): "levels:read",
    ("GET", "/levels"): "levels:read",
    ("GET", "/assessments"): "levels:read",
    ("GET", "/rebates"): "levels:read",
    ("GET", "/activities"): "activities:read",
    ("POST", "/activities"): "activities:write",
    ("GET", "/activities/a1"): "activities:read",
    ("POST", "/activities/a1/publication"): "activities:write",
    ("POST", "/activities/a2/closing"): "activities:write",
    ("GET", "/open-activities"): "activities:read",
    ("GET", "/enrolments"): "enrolments:read",
    ("POST", "/enrolments"): "enrolments:write",
    ("POST", "/enrolment-decisions"): "enrolments:write",
    ("GET", "/change-requests"): "enrolments:read",
    ("POST", "/change-requests"): "enrolments:write",
    ("POST", "/change-request-answers"): "enrolments:write",
    ("GET", "/second-level"): "activities:read",
    ("POST", "/second-level"): "activities:write",
    ("POST", "/second-level-decisions"): "activities:write",
}


@pytest.fixture
def agreed(sale):
    """The base b1, and the shop's consent c1 to another."""
    made, other = base("b1"), base("b2")
    consent = consenting.agree(sale.shop, other.base, by=None, at=days.now())
    Consent.objects.filter(pk=consent.pk).update(public_id="c1")
    return made


@pytest.fixture
def session(sale):
    """The session e1 of the streamer, planned."""
    made = planning.plan(sale.seller, "晚场", TONIGHT, TONIGHT + timedelta(hours=2), at=days.now())
    LiveSession.objects.filter(pk=made.pk).update(public_id="e1")


def call(caller: Caller, method: str, path: str):
    if method == "PATCH":
        return caller.patch(path, BODIES[path])
    return caller.post(path, BODIES[path]) if method == "POST" else caller.get(path)


def routes() -> set[tuple[str, str]]:
    """``{(method, name of the route)}`` of everything below /api/v1/."""
    found = set()
    for prefix in get_resolver().url_patterns:
        if str(prefix.pattern) != "api/":
            continue
        (v1,) = [each for each in prefix.url_patterns if str(each.pattern) == "v1/"]
        for route in v1.url_patterns:
            assert isinstance(route, URLPattern), "a nested include: teach this test to descend"
            view = route.callback.view_class
            found |= {(method.upper(), route.name) for method in view.http_method_names if hasattr(view, method)}
    return {(method, name) for method, name in found if method not in {"OPTIONS", "HEAD"}}


def test_every_route_has_a_row():
    covered = {(method, get_resolver().resolve(f"/api/v1{path}").url_name) for method, path in TABLE}
    assert routes() == covered
    assert SCOPES.keys() == TABLE.keys()


@pytest.mark.parametrize(("method", "path"), TABLE, ids=lambda part: part)
def test_each_caller_gets_what_the_table_says(sale, asked, led, agreed, session, calling, anonymous, method, path):
    others = [source("other"), merchant("other"), streamer("other"), leader("other")]
    callers = [anonymous, *(calling(tenant) for tenant in (sale.source, sale.shop, sale.seller, led, *others))]
    answers = [call(caller, method, path) for caller in callers]
    assert dict(zip(CALLERS, (answer.status_code for answer in answers), strict=True)) == dict(
        zip(CALLERS, TABLE[method, path], strict=True)
    )
    for answer in answers:
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize(("method", "path"), TABLE, ids=lambda part: part)
def test_a_token_without_the_scope_is_refused_and_told_which(sale, asked, calling, method, path):
    needed = SCOPES[method, path]
    before = OrderEvent.objects.count(), list(Withdrawal.objects.values())
    caller = calling(sale.source, *(scope for scope in ALL_SCOPES if scope != needed))
    answer = call(caller, method, path)
    assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE_MISSING")
    assert answer["WWW-Authenticate"] == f'Bearer realm="api", error="insufficient_scope", scope="{needed}"'
    assert (OrderEvent.objects.count(), list(Withdrawal.objects.values())) == before


def test_a_refused_caller_leaves_no_event(sale, calling, anonymous):
    for caller in (anonymous, calling(sale.shop), calling(sale.seller)):
        caller.post("/order-events", EVENT)
    assert not OrderEvent.objects.filter(event_id="mine").exists()


def test_strangers_lists_are_empty(sale, calling):
    for tenant in (source("other"), merchant("other"), streamer("other")):
        for path in ("/orders", "/statements"):
            assert calling(tenant).get(path).json() == {"results": [], "next": None}
    assert calling(source("third")).get("/order-events").json()["results"] == []


def test_without_a_token_the_challenge_names_no_error(anonymous):
    answer = anonymous.get("/orders")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer.json()["code"] == "NOT_AUTHENTICATED"


@pytest.mark.parametrize("token", ["nonsense", "密", "a b", "\0", "x" * 5000])
def test_a_token_that_is_none_is_refused_as_such(anonymous, token):
    answer = anonymous.get("/orders", Authorization=f"Bearer {token}")
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_AUTHENTICATED")


def test_an_expired_token_opens_nothing(sale, calling):
    from oauth2_provider.models import get_access_token_model

    caller = calling(sale.shop)
    get_access_token_model().objects.update(expires="2024-01-01T00:00:00Z")
    answer = caller.get("/orders")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


def test_a_token_in_the_address_opens_nothing(sale, calling, anonymous):
    token = calling(sale.shop).token
    assert anonymous.get("/orders", {"access_token": token}).status_code == 401


def test_a_browser_session_opens_nothing(sale, anonymous):
    from tests.build import member

    user = member(sale.shop)
    anonymous.http.force_login(user, backend="haowu.tenants.members.MemberBackend")
    session = anonymous.http.session
    session["tenant"] = sale.shop.public_id
    session.save()
    assert anonymous.get("/orders").status_code == 401


def test_a_deleted_client_is_out_at_once(sale, calling):
    from haowu.partners.models import ApiClient

    caller = calling(sale.shop)
    ApiClient.objects.all().delete()
    assert caller.get("/orders").status_code == 401
