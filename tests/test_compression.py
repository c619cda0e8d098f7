"""What leaves the house is compressed: files in Brotli or gzip, made once; pages in gzip of a random length."""

from collections.abc import Iterator

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test import Client
from whitenoise import WhiteNoise

from haowu.web.templatetags import trade
from tests import build
from tests.browser import browser

STYLES = "haowu/console.css"
COLLECTED = "haowu.web.storage.CompressedFiles"


@pytest.fixture
def collected(settings, tmp_path) -> Iterator[WhiteNoise]:
    settings.STATIC_BROTLI = True
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": COLLECTED}}
    call_command("collectstatic", interactive=False, verbosity=0)
    yield WhiteNoise(WSGIHandler(), root=tmp_path, prefix="static/")
    trade._sprite.cache_clear()


def asked(files: WhiteNoise, path: str, accepts: str) -> tuple[str, dict[str, str], bytes]:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_ACCEPT_ENCODING": accepts}
    known: list = []
    body = b"".join(files(environ, lambda status, headers: known.extend([status, dict(headers)])))
    return known[0], known[1], body


@pytest.mark.parametrize(("accepts", "encoding"), [("gzip, deflate, br", "br"), ("gzip, deflate", "gzip")])
def test_a_style_sheet_comes_in_the_best_encoding_that_the_browser_reads(collected, accepts, encoding):
    path = staticfiles_storage.url(STYLES)
    whole = asked(collected, path, "identity")[2]
    status, headers, body = asked(collected, path, accepts)
    assert (status, headers["Content-Encoding"], headers["Vary"]) == ("200 OK", encoding, "Accept-Encoding")
    assert len(body) < len(whole) / 4


@pytest.mark.django_db
def test_a_page_is_compressed_and_its_length_says_nothing_of_what_it_holds(clock):
    """Django adds bytes of a random number to each, and masks the form's token anew: BREACH has nothing to compare."""
    client: Client = browser(build.merchant("m1"))
    answers = [client.get("/products/", headers={"accept-encoding": "gzip"}) for _time in range(12)]
    assert {each.headers["Content-Encoding"] for each in answers} == {"gzip"}
    assert len({len(each.content) for each in answers}) > 3
