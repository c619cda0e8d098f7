"""What is no address of this house is answered as such, and what goes wrong is said in both languages to anybody."""

import pytest
from django.test import Client

from haowu.partners.clients import register_client
from haowu.partners.converters import DayConverter, MonthConverter, TextConverter
from haowu.partners.models import ApiClient
from haowu.tenants.models import User
from haowu.web.paths import CONVERTERS
from tests import build
from tests.browser import HAN, browser, text
from tests.hostile_market import Market, market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
WITH_NUL = {
    "streamer": ["/selection/%00/", "/withdrawals/%00/", "/rooms/%00/", "/statements/available/2024-06-28/%00/"],
    "merchant": ["/plans/%00/", "/products/%00/", "/enrolments/%00/", "/open-activities/%00/"],
    "tuanzhang": [
        "/activities/%00/",
        "/recommendations/%00/",
        "/recommendations/new/?request=%00",
        "/streamer-groups/?group=%00",
    ],
}


@pytest.fixture
def place() -> Market:
    return market()


@pytest.mark.parametrize("kind", WITH_NUL)
def test_an_address_that_holds_a_nul_is_none(place, kind):
    client = place.client(kind)
    assert [client.get(address).status_code for address in WITH_NUL[kind]] == [404] * len(WITH_NUL[kind])


def test_a_leaders_link_with_a_nul_is_none_and_without_it_is_one(place):
    client = place.client("streamer")
    link = "/selection/activity/{token}/".format(**place.parts("activity-goods"))
    assert [client.get(address).status_code for address in (link, f"{link}?via=%00", f"{link}?via=nobody")] == [
        200,
        404,
        200,
    ]


def test_a_nul_in_an_address_of_the_admin_is_404_and_of_the_api_a_problem():
    client = Client()
    client.force_login(User.objects.create_superuser("staff", password=build.PASSWORD))
    for address in ("/admin/%00/", "/admin/tenants/tenant/?q=%00", "/admin/tenants/tenant/%00/change/"):
        assert client.get(address).status_code == 404
    answer = client.get("/api/v1/orders/%00/lines/1")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_cookie_with_a_nul_counts_as_not_sent():
    client = Client()
    client.cookies.load('sessionid="\\000aaaaaaaaaaaa"; django_language="\\000"')
    assert client.get("/sign-in/").status_code == 200


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("id", ["s3-_XYZ012345678", "a"], ["", "a" * 17, "ä", "a.b", "a b", "\0"]),
        ("day", ["1970-01-01", "2024-02-29", "2199-12-31"], ["0001-01-01", "9999-12-31", "2024-02-30", "2024-6-1"]),
        ("month", ["2024-06", "2199-12"], ["2024-13", "0000-01", "9999-12", "２０２４-06"]),
        ("quarter", ["2024Q1", "2199Q4"], ["2024Q5", "9999Q4", "0001Q1", "2024q1"]),
        ("text", ["L\u3000号", "a/b", "👨‍👩‍👧", "\u202eabc"], ["", "a\0", "\x1b[31m", "\x85"]),
        ("table", ["csv", "xlsx"], ["pdf", "csvx", ""]),
    ],
)
def test_a_part_of_a_path_is_what_it_can_be_or_it_is_no_address(name, good, bad):
    import re

    converter = (CONVERTERS | {"day": DayConverter, "month": MonthConverter, "text": TextConverter})[name]()

    def reads(value: str) -> bool:
        if not re.fullmatch(converter.regex, value):
            return False
        try:
            return converter.to_url(converter.to_python(value)) == value
        except ValueError:
            return False

    assert [value for value in good if not reads(value)] == []
    assert [value for value in bad if reads(value)] == []


class TestErrorPages:
    """None needs a session, and none names anybody."""

    def page(self, answer, code: int, said: str) -> None:
        page = answer.content.decode()
        assert answer.status_code == code
        assert said in page and f'<p class="code">{code}</p>' in page
        assert "mei@example.com" not in page and "山野集" not in page and "Traceback" not in page

    @pytest.mark.parametrize(
        ("language", "said"), [("zh-hans", "这个请求无法读取"), ("en", "This request cannot be read")]
    )
    def test_400(self, language, said):
        many = "&".join(f"a{number}=1" for number in range(1_100))
        self.page(Client(headers={"accept-language": language}).get(f"/sign-in/?{many}"), 400, said)
        self.page(
            Client(headers={"accept-language": language, "host": "elsewhere.example"}).get("/sign-in/"), 400, said
        )

    @pytest.mark.parametrize(
        ("language", "said"), [("zh-hans", "你的角色不能这样做"), ("en", "Your role does not allow this")]
    )
    def test_403(self, language, said):
        client = browser(build.merchant("m1", name="山野集"), "viewer", language)
        self.page(client.get("/products/new/"), 403, said)

    @pytest.mark.parametrize(("language", "said"), [("zh-hans", "没有这个页面"), ("en", "There is no such page")])
    def test_404(self, language, said):
        client = Client(headers={"accept-language": language})
        for address in ("/nowhere/", "/nowhere/%00", "/selection/?q=%00"):
            self.page(client.get(address), 404, said)

    @pytest.mark.parametrize(
        ("language", "said"), [("zh-hans", "出错了，是我们的问题"), ("en", "Something went wrong, and it is our fault")]
    )
    def test_500(self, monkeypatch, language, said):
        client = browser(build.merchant("m1", name="山野集"), language=language)
        client.raise_request_exception = False
        monkeypatch.setattr("merchants.views.products.offered", lambda *_: 1 / 0)
        self.page(client.get("/products/"), 500, said)

    def test_a_page_in_english_has_no_chinese_left(self):
        answer = Client(headers={"accept-language": "en"}).get("/nowhere/")
        assert HAN.findall(answer.content.decode()) == []


class TestApiClientsInTheAdmin:
    @pytest.fixture
    def staff(self) -> Client:
        client = Client()
        client.force_login(User.objects.create_superuser("staff", password=build.PASSWORD))
        return client

    def test_neither_the_secret_nor_its_hash_is_shown(self, staff):
        client_id, secret = register_client(build.source("youzan"), "shop", ["orders:read"])
        made = ApiClient.objects.get()
        for address in ("", f"{made.pk}/change/", f"{made.pk}/history/", f"{made.pk}/delete/"):
            page = text(staff.get(f"/admin/partners/apiclient/{address}"))
            assert made.client_secret not in page and secret not in page and "argon2" not in page
        assert client_id in text(staff.get(f"/admin/partners/apiclient/{made.pk}/change/"))

    def test_they_are_looked_at_and_deleted_but_not_written(self, staff):
        register_client(build.source("youzan"), "shop", ["orders:read"])
        made = ApiClient.objects.get()
        before = ApiClient.objects.values().get()
        for address in ("add/", f"{made.pk}/change/"):
            assert staff.post(f"/admin/partners/apiclient/{address}", {"name": "other"}).status_code == 403
        assert ApiClient.objects.values().get() == before
        staff.post(f"/admin/partners/apiclient/{made.pk}/delete/", {"post": "yes"})
        assert not ApiClient.objects.exists()

    def test_view_on_site_leads_to_its_page_among_staff(self, staff):
        from django.contrib.contenttypes.models import ContentType

        register_client(build.source("youzan"), "shop", ["orders:read"])
        kind, made = ContentType.objects.get_for_model(ApiClient), ApiClient.objects.get()
        answer = staff.get(f"/admin/r/{kind.pk}/{made.pk}/")
        assert answer.url == f"http://testserver/admin/partners/apiclient/{made.pk}/change/"
