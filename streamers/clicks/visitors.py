"""A visitor's key: the same within one business day, and of nobody once the day is over.

``key = BLAKE2b-64(secret of the day; address ‖ 0 ‖ browser)``. The secret is 32 random bytes, made by the first click
of its day and kept in one row, which ``forget_old`` deletes when the day is over. From then on nobody, we included, can
make the key of a known address again and look it up. Address and browser themselves are never stored: not here, not in
the stream of waiting clicks, not in a log. Of an IPv6 address its network counts (``haowu.web.addresses``).
"""

import hashlib
import secrets
from datetime import date
from functools import lru_cache

from django.db import transaction

from haowu.tenants.scope import platform_scope
from streamers.models import VisitorSecret

SECRET_BYTES = 32
KEY_BYTES = 8


def visitor_key(day: date, address: str, browser: str) -> int:
    """A whole number of 64 bits, with a sign, as a ``bigint`` column holds it."""
    said = f"{address}\0{browser}".encode("utf-8", "backslashreplace")
    digest = hashlib.blake2b(said, digest_size=KEY_BYTES, key=_secret_of(day)).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=1)
def _secret_of(day: date) -> bytes:
    """Read once by each process and day, which remembers one day alone; who makes it first makes it for all."""
    with transaction.atomic(), platform_scope():
        known = VisitorSecret.objects.filter(day=day).first()
        if known is None:
            fresh = VisitorSecret(day=day, secret=secrets.token_bytes(SECRET_BYTES))
            VisitorSecret.objects.bulk_create([fresh], ignore_conflicts=True)
            known = VisitorSecret.objects.get(day=day)
        return bytes(known.secret)


def forget_old(day: date) -> int:
    """Throw away the secrets of the days before ``day``, here and in this process; returns how many there were."""
    _secret_of.cache_clear()
    with transaction.atomic(), platform_scope():
        return VisitorSecret.objects.filter(day__lt=day).delete()[0]
