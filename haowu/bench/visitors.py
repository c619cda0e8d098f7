"""Streamers who look through the selection centre, signed in, through the real server; and how long each look takes.

What 24 requests of a visit are, in an order that is drawn. A *fragment* is what htmx asks for, as the page itself does;
the others are whole pages: one arrives on the front page, and the filter sheet leads to its list by a plain form.

    10  words, as typed                  fragment
     2  words in another order           fragment
     2  a category, in any order         fragment
     2  bounds of price and rate         whole
     2  a category with bounds           whole
     2  the front page, in any order     whole
     1  the goods that come next         fragment
     1  the filter sheet with its counts whole
     1  the sheet after a change         fragment
     1  words while somebody types       fragment

Nobody asks for pictures, style sheets and scripts.
"""

import http.client
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from itertools import count
from random import Random
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from haowu.bench.titles import Trade, queries
from haowu.tenants import middleware
from haowu.tenants.models import Membership, Tenant, User
from streamers.centre.filters import SORTS, Filters

BACKEND = "haowu.tenants.members.MemberBackend"
AT_ONCE = 4
LIST, SHEET, SUGGESTIONS = "/selection/", "/selection/filters/", "/selection/suggestions/"
NEXT = re.compile(r'rel="next"\s+href="([^"]+)"')
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
VISIT = [
    *["words"] * 10, *["words sorted"] * 2, *["category"] * 2, *["bounds"] * 2, *["category and bounds"] * 2,
    *["front page"] * 2, "next goods", "filters", "filters changed", "suggestions",
]  # fmt: skip
WHOLE = {"bounds", "category and bounds", "front page", "filters"}


@dataclass(frozen=True)
class Look:
    """``kind``: one of VISIT. What is ``typed`` is asked for beside ``filters`` by suggestions alone."""

    kind: str
    filters: Filters
    page: str = LIST
    typed: str = ""

    @property
    def address(self) -> str:
        query = urlencode({"q": self.typed}) if self.page == SUGGESTIONS else self.filters.query_string()
        return f"{self.page}?{query}"


def sign_in(count: int) -> list[str]:
    """Session cookies of members of the first ``count`` streamers."""
    cookies = []
    for streamer in Tenant.objects.filter(kind=Tenant.Kind.STREAMER).order_by("pk")[:count]:
        user = User.objects.create_user(f"visitor-{streamer.pk}")
        Membership.objects.create(user=user, tenant=streamer, role="owner")
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
        session[HASH_SESSION_KEY], session[middleware.SESSION_KEY] = user.get_session_auth_hash(), streamer.public_id
        session.save()
        cookies.append(session.session_key)
    return cookies


def mixed_looks(trade: Trade, size: int, seed: int = 4) -> list[Look]:
    """Visit after visit."""
    chance, typed = Random(seed), queries(trade, size)
    kinds = (kind for _visit in count() for kind in chance.sample(VISIT, len(VISIT)))
    return [_look(trade, chance, query, kind) for query, kind in zip(typed, kinds, strict=False)]


def _look(trade: Trade, chance: Random, query: str, kind: str) -> Look:
    leaf = "/".join(chance.choice(trade.leaves).path[: chance.randint(1, 3)])
    sort, low = chance.choice([*SORTS]), chance.randrange(1_000, 30_000)
    match kind:
        case "words" | "words sorted":
            return Look(kind, Filters(q=query, sort=sort if kind == "words sorted" else "best"))
        case "category":
            return Look(kind, Filters(category=leaf, sort=sort))
        case "bounds":
            rate = chance.randrange(500, 4_000, 500)
            return Look(kind, Filters(price_from=low, price_to=low * 2, rate_from=rate))
        case "category and bounds":
            return Look(kind, Filters(category=leaf, rate_from=2_000, in_stock=True, not_on_shelf=True))
        case "filters":
            return Look(kind, Filters(q=query), page=SHEET)
        case "filters changed":
            return Look(kind, Filters(q=query, price_from=low), page=SHEET)
        case "suggestions":
            return Look(kind, Filters(), page=SUGGESTIONS, typed=query[: chance.randint(1, 3)])
        case _:
            return Look(kind, Filters(sort=sort))


def visit(port: int, cookies: Sequence[str], looks: Sequence[Look], seconds: float) -> list[tuple[str, float]]:
    """Looks through the server, AT_ONCE side by side, for so long; each with its seconds."""

    def asked(number: int) -> Callable[[Look], None]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookie = {"Cookie": f"sessionid={cookies[number % len(cookies)]}"}
        following = LIST

        def ask(look: Look) -> None:
            nonlocal following
            is_whole = look.kind in WHOLE
            address = following if look.kind == "next goods" else look.address
            connection.request("GET", address, headers=cookie if is_whole else cookie | FRAGMENT)
            answer = connection.getresponse()
            body = answer.read().decode()
            if answer.status != 200 or is_whole != ("</html>" in body):
                raise RuntimeError(f"{answer.status} for {address}")
            if onward := NEXT.search(body):
                following = LIST + unescape(onward[1])

        return ask

    return timed(asked, looks, seconds)


def timed(
    visitor: Callable[[int], Callable[[Look], None]], looks: Sequence[Look], seconds: float
) -> list[tuple[str, float]]:
    """Each of AT_ONCE visitors takes the next look in turn."""
    numbers, until = count(), time.monotonic() + seconds

    def run(number: int) -> Iterator[tuple[str, float]]:
        ask = visitor(number)
        while time.monotonic() < until:
            look = looks[next(numbers) % len(looks)]
            started = time.monotonic()
            ask(look)
            yield look.kind, time.monotonic() - started

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [each for found in pool.map(lambda number: list(run(number)), range(AT_ONCE)) for each in found]


def percentile(seconds: Sequence[float], share: float) -> float:
    in_order = sorted(seconds)
    return in_order[min(len(in_order) - 1, int(len(in_order) * share))]
