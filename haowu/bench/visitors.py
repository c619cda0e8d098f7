"""Streamers who look through the selection centre, signed in, through the real server; and how long each look takes."""

import http.client
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import Random

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from haowu.bench.titles import Trade, queries
from haowu.tenants import middleware
from haowu.tenants.models import Membership, Tenant, User
from streamers.centre.filters import SORTS, Filters

BACKEND = "django.contrib.auth.backends.ModelBackend"
AT_ONCE = 4

Look = tuple[str, Filters]
"""The kind of a look, and what is asked for."""


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
    """Half of them search by words; the others browse, filter and sort."""
    chance, typed = Random(seed), queries(trade, size)
    return [_look(trade, chance, query, number) for number, query in enumerate(typed)]


def _look(trade: Trade, chance: Random, query: str, number: int) -> Look:
    leaf = "/".join(chance.choice(trade.leaves).path[: chance.randint(1, 3)])
    sort = chance.choice([*SORTS])
    match number % 10:
        case 0 | 1 | 2 | 3 | 4:
            return "words", Filters(q=query)
        case 5:
            return "words sorted", Filters(q=query, sort=sort)
        case 6:
            return "category", Filters(category=leaf, sort=sort)
        case 7:
            low = chance.randrange(1_000, 30_000)
            return "bounds", Filters(price_from=low, price_to=low * 2, rate_from=chance.randrange(500, 4_000, 500))
        case 8:
            return "category and bounds", Filters(category=leaf, rate_from=2_000, in_stock=True, not_on_shelf=True)
        case _:
            return "front page", Filters(sort=sort)


def visit(port: int, cookies: Sequence[str], looks: Sequence[Look], seconds: float) -> list[tuple[str, float]]:
    """Looks through the server, AT_ONCE side by side, for so long; each with its seconds."""

    def asked(number: int) -> Callable[[Filters], None]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookie = {"Cookie": f"sessionid={cookies[number % len(cookies)]}"}

        def ask(filters: Filters) -> None:
            connection.request("GET", f"/selection/?{filters.query_string()}", headers=cookie)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or b"</html>" not in body:
                raise RuntimeError(f"{answer.status} for {filters.query_string()}")

        return ask

    return timed(asked, looks, seconds)


def timed(
    visitor: Callable[[int], Callable[[Filters], None]], looks: Sequence[Look], seconds: float
) -> list[tuple[str, float]]:
    """Each of AT_ONCE visitors takes the next look in turn."""
    numbers, until = count(), time.monotonic() + seconds

    def run(number: int) -> Iterator[tuple[str, float]]:
        ask = visitor(number)
        while time.monotonic() < until:
            kind, filters = looks[next(numbers) % len(looks)]
            started = time.monotonic()
            ask(filters)
            yield kind, time.monotonic() - started

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [each for found in pool.map(lambda number: list(run(number)), range(AT_ONCE)) for each in found]


def percentile(seconds: Sequence[float], share: float) -> float:
    in_order = sorted(seconds)
    return in_order[min(len(in_order) - 1, int(len(in_order) * share))]
