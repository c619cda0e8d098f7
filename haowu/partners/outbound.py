"""Reading an address that somebody else wrote down, without letting them read our network through us (SSRF).

HTTPS only. Every address that a name resolves to must be public, the connection goes to the very address that was
judged (an answer of DNS that changes afterwards changes nothing), and every redirect begins again from the start.
Size, time and the number of redirects are bounded.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused

CHUNK = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's own services, reachable from each of its machines
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays, given up (RFC 7526)
        "::/96",  # IPv4 written as IPv6, given up (RFC 4291)
        "fec0::/10",  # site-local, given up (RFC 3879)
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
        "2001::/23",  # protocol assignments, Teredo and ORCHID among them
        "100::/8",  # discard-only, and nothing else given out
    )
)
"""What ``ipaddress`` takes for public, or does in some versions."""
Resolve = Callable[[str, int], list[str]]
Judge = Callable[[str], bool]


class OutboundRefused(Refused):
    """An address that must not or could not be read; ``reason`` is stable, the message is for its owner."""

    code = "OUTBOUND_REFUSED"
    REASONS = {
        "URL_UNUSABLE": _("不是可用的 https 地址（须有域名，不带用户名、密码，端口 443 或 1024 以上）。"),
        "NAME_UNKNOWN": _("域名无法解析。"),
        "ADDRESS_PRIVATE": _("域名指向内部或保留的网络地址。"),
        "UNREACHABLE": _("无法连接，或证书无效。"),
        "TOO_SLOW": _("在限定时间内没有读完。"),
        "TOO_LARGE": _("内容超过大小限制。"),
        "TOO_MANY_REDIRECTS": _("跳转次数过多。"),
        "STATUS": _("没有回答 200。"),
        "ENCODED": _("内容经过压缩编码；请按原样发送（identity）。"),
    }

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(self.REASONS[reason])


@dataclass(frozen=True)
class Limits:
    """``seconds`` is for everything together, redirects included."""

    size: int = 100 * 1024 * 1024
    seconds: float = 60
    redirects: int = 3


def is_public(address: str) -> bool:
    """Whether ``address`` lies on the public Internet, also when it wraps another (mapped, 6to4, Teredo, NAT64).

    Not with a zone: that names a network card of ours.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(not is_public(str(inner)) for inner in _wrapped(ip)):
            return False
    if any(ip in network for network in REFUSED if network.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _wrapped(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that a gateway on the way would make of ``ip``."""
    wrapped = [ip.sixtofour, *(ip.teredo or ())]
    if any(ip in network for network in NAT64):
        wrapped.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [inner for inner in wrapped if inner is not None]


def resolve(host: str, port: int) -> list[str]:
    """Every address of ``host``. OSError when there is none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check_url(url: str) -> None:
    """OutboundRefused unless ``url`` has the shape of an address that may be read; asks no network."""
    _split(url)


def read(
    url: str,
    limits: Limits | None = None,
    *,
    resolve: Resolve = resolve,
    judge: Judge = is_public,
    trust: ssl.SSLContext | None = None,
) -> bytes:
    """The body that ``url`` answers with 200. OutboundRefused says why there is none."""
    limits = limits or Limits()
    trust = trust or ssl.create_default_context()
    deadline = time.monotonic() + limits.seconds
    for _hop in range(limits.redirects + 1):
        host, port, target = _split(url)
        address = _address(host, port, resolve, judge)
        try:
            answer = _ask(address, host, port, target, limits, deadline, trust)
        except TimeoutError as error:
            raise OutboundRefused("TOO_SLOW") from error
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise OutboundRefused("UNREACHABLE") from error
        if isinstance(answer, bytes):
            return answer
        url = urljoin(url, answer)
    raise OutboundRefused("TOO_MANY_REDIRECTS")


def _split(url: str) -> tuple[str, int, str]:
    try:
        split = urlsplit(url)
        host, port = (split.hostname or "").encode("idna").decode(), split.port or 443
    except ValueError as error:
        raise OutboundRefused("URL_UNUSABLE") from error
    is_plain = split.username is None and split.password is None and url.isascii() and url.isprintable()
    if split.scheme != "https" or not host or not is_plain or " " in url or (port != 443 and port < 1024):
        raise OutboundRefused("URL_UNUSABLE")
    if "%" in host or _looks_like_number(host):
        raise OutboundRefused("URL_UNUSABLE")
    return host, port, (split.path or "/") + (f"?{split.query}" if split.query else "")


def _looks_like_number(host: str) -> bool:
    """Whether ``host`` is an IPv4 address as only some resolvers read it: 2130706433, 0x7f.1, 010.0.0.1."""
    last = host.rstrip(".").rpartition(".")[2]
    if not (last.isdecimal() or last.lower().startswith("0x")):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return False


def _address(host: str, port: int, resolve: Resolve, judge: Judge) -> str:
    """The address to connect to. One that is not public condemns the name: it may be the next one handed out."""
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise OutboundRefused("NAME_UNKNOWN") from error
    if not addresses:
        raise OutboundRefused("NAME_UNKNOWN")
    if not all(judge(address) for address in addresses):
        raise OutboundRefused("ADDRESS_PRIVATE")
    return addresses[0]


def _ask(
    address: str, host: str, port: int, target: str, limits: Limits, deadline: float, trust: ssl.SSLContext
) -> bytes | str:
    """The body, or where a redirect leads."""
    plain = socket.create_connection((address, port), timeout=_left(deadline))
    with plain:
        plain.settimeout(_left(deadline))
        with trust.wrap_socket(plain, server_hostname=host) as sock:
            named = f"[{host}]" if ":" in host else host
            host_header = named if port == 443 else f"{named}:{port}"
            request = (
                f"GET {target} HTTP/1.1\r\nHost: {host_header}\r\nUser-Agent: haowu\r\n"
                "Accept: text/csv, application/json\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
            )
            sock.sendall(request.encode("ascii"))
            answer = http.client.HTTPResponse(sock, method="GET")
            answer.begin()
            if answer.status in REDIRECTS and (location := answer.getheader("Location")):
                return location
            if answer.status != 200:
                raise OutboundRefused("STATUS")
            if (answer.getheader("Content-Encoding") or "identity").lower() != "identity":
                raise OutboundRefused("ENCODED")
            return _body(answer, sock, limits.size, deadline)


def _body(answer: http.client.HTTPResponse, sock: ssl.SSLSocket, size: int, deadline: float) -> bytes:
    """Counted as it comes: a length that is announced is a promise of somebody else's."""
    pieces: list[bytes] = []
    total = 0
    while True:
        sock.settimeout(_left(deadline))
        piece = answer.read1(CHUNK)
        if not piece:
            return b"".join(pieces)
        total += len(piece)
        if total > size:
            raise OutboundRefused("TOO_LARGE")
        pieces.append(piece)


def _left(deadline: float) -> float:
    """Seconds until ``deadline``; TimeoutError when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
