"""Walks over every page of a role, and what is looked at on each.

A page is opened in Chinese, and in English too where its route's manner is English (half of them; all with CAMPAIGN=1),
and measured at both widths each time; it opens as wide as the page before it ended, so that about half of them open on
a phone. axe reads each page once, in one of eight manners (language, width, theme) that its route chooses; in all of
them with CAMPAIGN=1.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from django.urls import resolve

from tests import campaign
from tests.browser import HAN
from tests.screens.seen import Screen

FILES = re.compile(r"\.(csv|xlsx|svg)$|/(template|export)/?$|^/(media|static|api|language|theme|sign-out)/|/logout/$")
NARROWEST, DESK = 360, 1440
LANGUAGES = ("zh-CN", "en")
MANNERS = list(product(LANGUAGES, (NARROWEST, DESK), ("light", "dark")))
RAW_JSON = re.compile(r"""[\[{]\s*['"]\w+['"]\s*:""")
MOST_MOVED = 0.02
HEAVIEST = 200_000
FIRST_PAINT_MS = 2_000


def crawl(screen: Screen, start: str, passed_over: re.Pattern[str] | None = None) -> Iterator[str]:
    """Opens each page once: one of each route, breadth first."""
    waiting, routes = [start], set()
    while waiting:
        path = waiting.pop(0)
        bare = path.partition("?")[0]
        if FILES.search(bare) or (passed_over and passed_over.search(bare)):
            continue
        route = resolve(bare).view_name
        if route in routes:
            continue
        routes.add(route)
        status = screen.open(path)
        assert status == 200, f"{path} answers {status}"
        yield path
        waiting += screen.links()


@dataclass
class Inspection:
    """``names``: Chinese words that the market itself holds, which stay on an English page.

    Not ``is_light``: pages with style sheets and scripts of others, the admin's and those of the API's description.
    """

    screens: dict[str, Screen]
    names: tuple[str, ...] = ()
    is_light: bool = True
    is_staff: bool = False
    faults: list[str] = field(default_factory=list)
    pages: int = 0

    def walk(self, start: str, passed_over: re.Pattern[str] | None = None) -> None:
        for path in crawl(self.screens["zh-CN"], start, passed_over):
            self.look(path)

    def look(self, path: str, status: int = 200) -> None:
        """``path`` stands open in Chinese."""
        self.pages += 1
        chosen = self._chosen(path, status)
        in_english = campaign.SCALE >= 1 or chosen[0] == "en" or self.is_staff
        if in_english and (answered := self.screens["en"].open(path)) != status:
            self.faults.append(f"{path}: answers {answered} in English")
        for language, screen in self.screens.items() if in_english else [("zh-CN", self.screens["zh-CN"])]:
            self._measure(f"{path} ({language})", screen)
            said = [each for each in screen.said if not _is_own_status(each, status)]
            self.faults += [f"{path} ({language}): {each}" for each in said]
        if in_english:
            self._read(path)
        self._read_by_axe(path, chosen)

    def _chosen(self, path: str, status: int) -> tuple[str, int, str]:
        """The manner in which ``make test`` shows the pages of a route to axe: language, width, theme."""
        route = path if status == 404 or path.startswith("/api/") else resolve(path.partition("?")[0]).view_name
        return MANNERS[zlib.crc32(route.encode()) % len(MANNERS)]

    def _measure(self, name: str, screen: Screen) -> None:
        score, first = screen.moved()
        if score >= MOST_MOVED:
            self.faults.append(f"{name}: moves by itself by {score:.3f}: {first}")
        if (weight := screen.weight()) > HEAVIEST and self.is_light:
            self.faults.append(f"{name}: weighs {weight:,} bytes")
        if len(waited := screen.in_the_way()) > 1 and self.is_light:
            self.faults.append(f"{name}: nothing is painted before {waited}")
        for width in sorted((NARROWEST, DESK), key=screen.width.__ne__):
            if (wide := screen.at(width).overflow()) > 0:
                self.faults.append(f"{name}: {wide} px too wide at {width}")

    def _read_by_axe(self, path: str, chosen: tuple[str, int, str]) -> None:
        if path.startswith("/api/"):  # Swagger UI draws it, with buttons inside of buttons
            return
        for language, width, theme in MANNERS if campaign.SCALE >= 1 else [chosen]:
            screen = self.screens[language].at(width).lit(theme)
            found = screen.flaws(of_frame=self.pages == 1 or campaign.SCALE >= 1)
            self.faults += [f"{path} ({language}, {width}, {theme}): {flaw}" for flaw in found]

    def _read(self, path: str) -> None:
        english = self.screens["en"].text()
        for name in sorted(self.names, key=len, reverse=True):
            english = english.replace(name, "")
        if left := HAN.findall(english):
            self.faults.append(f"{path}: left in Chinese on the English page: {', '.join(dict.fromkeys(left))}")
        if self.is_staff and (raw := RAW_JSON.search(english)):
            self.faults.append(f"{path}: raw JSON: {english[raw.start() : raw.start() + 80]}")


def _is_own_status(said: str, status: int) -> bool:
    """The browser's own word that a page which is to answer 404 does so."""
    return status >= 400 and f"status of {status}" in said
