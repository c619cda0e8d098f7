"""The pictures of the README, drawn from a running demo: ``python -m tests.screens.tour http://127.0.0.1:8000``.

A page is found as a reader finds it, by the address or by pressing what leads there. Pictures lie in ``docs/tour``.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.screens.seen import CHROMIUM, QUIET

TOUR = Path(__file__).parents[2] / "docs" / "tour"
PASSWORD = "haowu-demo-2011"
"""The demo's public one (haowu.demo.people)."""
DESK, PHONE = (1440, 1000), (390, 844)
WIDEST = 1080


@dataclass(frozen=True)
class Picture:
    """``presses``: selectors that are clicked in turn once the page stands."""

    name: str
    who: str
    path: str
    size: tuple[int, int] = DESK
    theme: str = "light"
    presses: tuple[str, ...] = ()


PICTURES = [
    Picture("merchant-home", "merchant", "/dashboard/"),
    Picture("merchant-products", "merchant", "/products/"),
    Picture("plan-editor", "merchant", "/plans/new/"),
    Picture("statement", "merchant", "/statements/", presses=("main tbody a", "#entries summary", "#entries a.why")),
    Picture("selection", "streamer", "/selection/", PHONE),
    Picture("earnings", "streamer", "/earnings/", PHONE),
    Picture("shelf", "streamer", "/shelf/", PHONE),
    Picture("leader-levels-dark", "leader", "/levels/", theme="dark"),
    Picture("staff-home", "admin", "/admin/"),
]


def main(base: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for picture in PICTURES:
            page = signed_in(browser, base, picture)
            page.goto(base + picture.path)
            for pressed in picture.presses:
                page.locator(pressed).locator("visible=true").first.click()
                page.wait_for_load_state("networkidle")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=(file := TOUR / f"{picture.name}.png"))
            make_light(file)
            page.context.close()
            print(picture.name)
        browser.close()


def make_light(file: Path) -> None:
    """No wider than a README shows it, in 256 colours."""
    drawn = Image.open(file).convert("RGB")
    drawn.thumbnail((WIDEST, WIDEST))
    drawn.quantize(256).save(file, optimize=True)


def signed_in(browser: Browser, base: str, picture: Picture) -> Page:
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        color_scheme="dark" if picture.theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("[name=username]", picture.who)
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
