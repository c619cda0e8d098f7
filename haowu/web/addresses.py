"""From where a request comes: what limits are counted against, and what a stranger must not choose.

``X-Forwarded-For`` is a list that each proxy appends its caller to. Only what our own proxies wrote can be believed:
the last ``settings.PROXIES`` entries (0: none, the connection itself speaks). All before them is the caller's word.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
IPV6_NETWORK = 64
"""Bits of an IPv6 address that its owner cannot choose: whoever has one address has all of its /64."""


def client_address(request: HttpRequest) -> str:
    """The caller's IPv4 address or IPv6 network; ``unknown`` where nothing names one, as on a Unix socket."""
    connected = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXIES:
        return _network(connected)
    entries = [entry for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if entry.strip()]
    named = entries[-settings.PROXIES :][:1]
    found = _network(named[0]) if named else UNKNOWN
    return found if found != UNKNOWN else _network(connected)


def _network(text: str) -> str:
    """``text`` is an address, as some proxies write it with a port or in brackets."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
