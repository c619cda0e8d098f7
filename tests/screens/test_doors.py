"""Pages in front of the house, for whoever is not signed in or went astray: as sound as those behind it."""

import pytest

from tests import build
from tests.browser import browser
from tests.screens.crawling import DESK, NARROWEST, Inspection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("screens")]


def strangers(looking) -> dict:
    known = {"zh-CN": (NARROWEST, "zh-CN"), "en": (DESK, "en")}
    return {name: looking(None, width=width, language=language) for name, (width, language) in known.items()}


def inspected(screens: dict, path: str, status: int) -> list[str]:
    seen = Inspection(screens, is_light=not path.startswith(("/admin/", "/api/")))
    answered = screens["zh-CN"].open(path)
    seen.look(path, status)
    return [*seen.faults, *([f"{path} answers {answered}"] if answered != status else [])]


@pytest.mark.parametrize(
    ("path", "status"), [("/sign-in/", 200), ("/admin/login/", 200), ("/no-such-page/", 404), ("/api/docs/", 200)]
)
def test_a_page_for_strangers_is_sound_in_both_languages(path, status, looking):
    faults = inspected(strangers(looking), path, status)
    assert not faults, "\n".join(faults)


def test_what_a_role_may_not_do_is_said_on_a_sound_page(looking, clock):
    client = browser(build.merchant("m1"), "viewer")
    screens = {"zh-CN": looking(client, width=NARROWEST), "en": looking(client, width=DESK, language="en")}
    faults = inspected(screens, "/products/new/", 403)
    assert not faults, "\n".join(faults)
