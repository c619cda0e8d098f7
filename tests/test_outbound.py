"""What may be read of other people's addresses: a real TLS server on loopback, and names that lie."""

import datetime
import http.server
import ipaddress
import ssl
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bases import pulling
from bases.models import Feed, PullSource
from haowu.partners import outbound
from haowu.partners.outbound import Limits, OutboundRefused, is_public, read
from tests.bases import AT, base, stock_of
from tests.build import merchant

BODY = b"# sequence=7 counted_at=2024-06-01T08:30:00+08:00\nmerchant,product,sku,price_fen,quantity\nm1,p1,a,1000,5\n"


class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/stock.csv":
                self.answer(200, BODY)
            case "/again":
                self.answer(302, b"", Location="/stock.csv")
            case "/round":
                self.answer(302, b"", Location="/round")
            case "/inside":
                self.answer(302, b"", Location=f"https://inside.example:{self.server.server_port}/stock.csv")
            case "/plain":
                self.answer(302, b"", Location="http://shop.example/stock.csv")
            case "/large":
                self.answer(200, b"x" * 5_000)
            case "/zipped":
                self.answer(200, BODY, **{"Content-Encoding": "gzip"})
            case "/slow":
                self.send_response(200)
                self.end_headers()
                for _ in range(40):
                    self.wfile.write(b"x")
                    time.sleep(0.1)
            case _:
                self.answer(404, b"")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("shop.example"), x509.DNSName("inside.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("tls") / "shop.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def shop(certificate):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://shop.example:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def reading(certificate):
    """The test's server stands for the public Internet; ``inside.example`` for what must not be reached."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return {"shop.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"]}[host]

    known = {"resolve": resolve, "judge": lambda address: address == "127.0.0.1"}
    known["trust"] = ssl.create_default_context(cafile=str(certificate))
    return known, asked


def reason(url: str, **reading) -> str:
    with pytest.raises(OutboundRefused) as caught:
        read(url, **reading)
    return caught.value.reason


def test_a_public_address_is_read_also_behind_a_redirect(shop, reading):
    known, asked = reading
    assert read(f"{shop}/stock.csv", **known) == BODY
    assert read(f"{shop}/again", **known) == BODY
    assert asked == ["shop.example"] * 3


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/inside", "ADDRESS_PRIVATE"),
        ("/plain", "URL_UNUSABLE"),
        ("/round", "TOO_MANY_REDIRECTS"),
        ("/missing", "STATUS"),
        ("/zipped", "ENCODED"),
    ],
)
def test_where_a_redirect_or_an_answer_may_not_lead(shop, reading, path, expected):
    assert reason(shop + path, **reading[0]) == expected


def test_size_is_counted_as_it_comes(shop, reading):
    assert len(read(f"{shop}/large", Limits(size=5_000), **reading[0])) == 5_000
    assert reason(f"{shop}/large", limits=Limits(size=4_999), **reading[0]) == "TOO_LARGE"


def test_a_trickle_ends_with_the_time(shop, reading):
    began = time.monotonic()
    assert reason(f"{shop}/slow", limits=Limits(seconds=0.5), **reading[0]) == "TOO_SLOW"
    assert time.monotonic() - began < 3


def test_an_answer_of_dns_that_changes_is_asked_once_and_the_address_is_pinned(shop, reading):
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
    known = reading[0] | {"resolve": lambda host, port: next(answers)}
    assert read(f"{shop}/stock.csv", **known) == BODY
    assert reason(f"{shop}/stock.csv", **known) == "ADDRESS_PRIVATE"
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    assert reason(f"{shop}/again", **known | {"resolve": lambda host, port: next(answers)}) == "ADDRESS_PRIVATE"


def test_one_private_address_among_several_condemns_the_name(shop, reading):
    known = reading[0] | {"resolve": lambda host, port: ["127.0.0.1", "10.0.0.1"]}
    assert reason(f"{shop}/stock.csv", **known) == "ADDRESS_PRIVATE"


def test_a_certificate_for_another_name_is_refused(shop, reading):
    known = reading[0] | {"resolve": lambda host, port: ["127.0.0.1"]}
    assert reason(shop.replace("shop.example", "other.example") + "/stock.csv", **known) == "UNREACHABLE"


def test_loopback_is_refused_without_leave(shop):
    assert reason(shop.replace("shop.example", "localhost") + "/stock.csv") == "ADDRESS_PRIVATE"
    assert reason(shop.replace("shop.example", "127.0.0.1") + "/stock.csv") == "ADDRESS_PRIVATE"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:db8::1", "nonsense",
        "0.1.2.3", "100.127.255.254", "168.63.129.16", "192.88.99.1", "192.0.0.8", "203.0.113.1", "239.255.255.255",
        "240.0.0.1", "fec0::1", "feff::1", "3fff::1", "3fff:fff::1", "::127.0.0.1", "::8.8.8.8", "100::1", "5f00::1",
        "::ffff:168.63.129.16", "::ffff:192.88.99.1", "::ffff:100.64.0.1", "::ffff:0:127.0.0.1", "64:ff9b::a83f:8110",
        "64:ff9b:1::7f00:1", "2002:a83f:8110::1", "2002:c058:6301::1", "2002:6440:1::1", "2002:e000:1::1", "ff0e::1",
        "2001:0:7f00:1::1", "2001:0:808:808:0:0:80ff:fffe", "2001:10::1", "2606:4700:4700::1111%eth0", "1.1.1.1%eth0",
        "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "１２７.0.0.1", "", " 1.1.1.1",
    ],
)  # fmt: skip
def test_what_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
        "100.63.0.1",
        "100.128.0.1",
        "168.63.129.17",
        "192.88.98.1",
    ],
)
def test_what_is_public(address):
    assert is_public(address)
    assert ipaddress.ip_address(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/", "ftp://shop.example/", "https://", "https://a:b@shop.example/", "file:///etc/passwd",
        "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://017700000001/",
        "https://0177.0.0.1/", "https://127.0.0.1./", "https://0/", "https://1.1.1.1.1/", "https://１２７.0.0.1/",
        "https://[fe80::1%25eth0]/", "https://[::1%eth0]/", "https://[::1", "https://shop.0x1/", "https://shop%2eexample/",
        "https://shop.example:22/", "https://shop.example/a b", "https://shop.example/\r\nHost: x", "//shop.example",
    ],
)  # fmt: skip
def test_addresses_of_another_shape_are_refused(url):
    with pytest.raises(OutboundRefused) as caught:
        outbound.check_url(url)
    assert caught.value.reason == "URL_UNUSABLE"


@pytest.mark.django_db
class TestPulling:
    @pytest.fixture
    def made(self):
        merchant("m1")
        return base("b1", agreed_by=["m1"])

    def test_a_registered_address_is_read_on_schedule_and_its_stock_taken(self, made, shop, reading):
        pulling.register(made.base, f"{shop}/stock.csv", 60, at=AT)
        assert pulling.claim_due(at=AT) == [made.base.pk]
        assert pulling.claim_due(at=AT) == []
        source = pulling.pull(PullSource.objects.get(), at=AT, **reading[0])
        assert (source.outcome, source.failures) == ("APPLIED", 0)
        assert stock_of(made) == {"a": (1_000, 5)}
        assert pulling.pull(source, at=AT, **reading[0]).outcome == "REPEATED"
        assert Feed.objects.count() == 1

    def test_a_failure_is_shown_and_retried_ever_more_rarely(self, made, shop):
        pulling.register(made.base, f"{shop}/stock.csv".replace("shop.example", "localhost"), 60, at=AT)
        source = PullSource.objects.get()
        waits = []
        for _ in range(4):
            pulling.pull(source, at=AT)
            waits.append((source.next_at - AT).total_seconds() / 3600)
        assert (source.outcome, source.failures, waits) == ("ADDRESS_PRIVATE", 4, [2, 4, 6, 6])
        assert "内部" in source.explanation

    @pytest.mark.parametrize(("url", "every"), [("http://shop.example/", 60), ("https://shop.example/", 4)])
    def test_what_cannot_be_registered(self, made, url, every):
        from bases.refusals import PullAddressRefused

        with pytest.raises(PullAddressRefused):
            pulling.register(made.base, url, every, at=AT)
        assert not PullSource.objects.exists()

    @pytest.mark.parametrize("body", [b"", b"a,b\n", b"{}", b'{"sequence": true, "rows": []}', b"{" * 9_999, b"[]"])
    def test_a_body_that_is_no_feed_is_refused_as_such(self, body):
        from bases.refusals import FeedInvalid

        with pytest.raises(FeedInvalid):
            pulling.parse(body)

    def test_the_json_of_the_api_will_do(self):
        row = '{"merchant": "m1", "product": "p", "sku": "a", "price_fen": 5, "quantity": 1}'
        count, rows = pulling.parse(
            f'{{"sequence": 3, "counted_at": "2024-06-01T00:00:00Z", "rows": [{row}]}}'.encode()
        )
        assert (count.sequence, list(rows)) == (3, [["m1", "p", "a", "5", "1"]])
