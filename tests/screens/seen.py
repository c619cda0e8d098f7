"""What a browser sees of a page: what its console says, what it asks for, how wide it is, what moves, what axe says."""

import gzip
import re
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders
from playwright.sync_api import TimeoutError

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SERIOUS = ("serious", "critical")
FRAME = ("nav.side", "header.top", "nav.five", "nav.nav")
CHARTS = "charts.js"
TEXT = re.compile(r"\.(css|js|svg)$")

WATCH = """
addEventListener("DOMContentLoaded", () => {
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved.push(entry);
  }).observe({ type: "layout-shift", buffered: true });
});
"""
MOVED = """() => ({
  score: moved.reduce((sum, entry) => sum + entry.value, 0),
  first: moved[0]?.sources?.[0]?.node?.outerHTML?.slice(0, 120) ?? "",
})"""
PARTS = """() => performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
  .map((each) => [each.name, each.encodedBodySize])"""
READ = """() => {
  const said = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const within = walk.currentNode.parentElement;
    if (!within.closest("script, style, [lang], .mark-of, .good-mark")) said.push(walk.currentNode.data);
  }
  for (const each of document.body.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
    for (const name of ["aria-label", "placeholder", "title", "alt"]) said.push(each.getAttribute(name) ?? "");
  return said.map((text) => text.trim()).filter(Boolean).join("\\n");
}"""


@dataclass
class Screen:
    page: Any
    base: str
    said: list[str] = field(default_factory=list)
    theme: str = "light"

    def __post_init__(self) -> None:
        self.page.add_init_script(WATCH)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        if urlsplit(request.url).scheme in ("http", "https") and not request.url.startswith(self.base):
            self.said.append(f"asks outside: {request.url}")

    def open(self, path: str) -> int:
        """The status. What the page says about itself from now on stands in ``said``."""
        self.said.clear()
        answer = self.page.goto(self.base + path, wait_until="load")
        return answer.status

    def press(self, words: str, within: str = "body") -> None:
        """The first button or link that one sees whose text begins with ``words``."""
        marks = self.page.locator(f"{within} :is(a, button, summary)").locator("visible=true")
        marks.filter(has_text=re.compile(rf"^\s*{re.escape(words)}")).first.click()

    def go(self, words: str) -> None:
        """By the menu: the sidebar on a desk; on a phone the bar, or what stands behind its last button."""
        menu = self.page.locator("nav.side")
        if not menu.is_visible():
            self.press("更多", "nav.five")
        self.press(words, "nav.side")

    def reads(self, words: str, within: str = "body") -> None:
        """Waits until ``words`` stand where one sees them."""
        try:
            self.page.locator(within).get_by_text(words).locator("visible=true").first.wait_for()
        except TimeoutError:
            read = self.page.inner_text("body")
            raise AssertionError(f"{words} is not to be seen in {within} of {self.page.url}, but:\n{read}") from None

    def fill(self, **values: str) -> None:
        """Fields by name, typed into as a person would."""
        for name, value in values.items():
            self.page.locator(f"[name='{name.replace('__', '-')}']:visible").first.fill(value)

    def links(self) -> list[str]:
        """Paths of this site that the page leads to, without what downloads."""
        found = self.page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)")
        paths = [link.removeprefix(self.base).partition("#")[0] for link in found if link.startswith(self.base)]
        return list(dict.fromkeys(path for path in paths if path))

    def overflow(self) -> int:
        """Pixels that the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")

    @property
    def width(self) -> int:
        return self.page.viewport_size["width"]

    def at(self, width: int) -> "Screen":
        if width == self.width:
            return self
        self.page.set_viewport_size({"width": width, "height": 844 if width < 800 else 900})
        return self

    def lit(self, theme: str) -> "Screen":
        if theme != self.theme:
            self.page.emulate_media(color_scheme=theme)
            self.theme = theme
        return self

    def text(self) -> str:
        """Everything that the page says, a line a piece: also what only a screen reader says."""
        return self.page.evaluate(READ)

    def moved(self) -> tuple[float, str]:
        """How much moved by itself since the page opened (the browser's layout shift), and what moved first."""
        found = self.page.evaluate(MOVED)
        return found["score"], found["first"]

    def weight(self) -> int:
        """Bytes of the page and all it asked for, compressed as the house serves them, without the charts."""
        parts = self.page.evaluate(PARTS)
        return sum(_static_weight(urlsplit(url).path) or size for url, size in parts if CHARTS not in url)

    def in_the_way(self) -> list[str]:
        """What the browser waits for before it paints anything."""
        blocking = 'performance.getEntriesByType("resource").filter((each) => each.renderBlockingStatus === "blocking")'
        return self.page.evaluate(f"{blocking}.map((each) => each.name)")

    def first_paint(self) -> float:
        """Milliseconds from the request to the first text or picture."""
        painted = 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime'
        return self.page.wait_for_function(painted).json_value()

    def flaws(self, *, of_frame: bool = True) -> list[str]:
        """What axe calls serious: the rule, and the first place of it. The frame is the same around many pages."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_axe())
        asked = {"preload": False, "resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}
        where = {"include": [["html"]], "exclude": [] if of_frame else [[part] for part in FRAME]}
        violations = self.page.evaluate(
            "async ([where, asked]) => (await axe.run(where, asked)).violations", [where, asked]
        )
        return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in violations if each["impact"] in SERIOUS]


@cache
def _axe() -> str:
    return AXE.read_text()


@cache
def _static_weight(path: str) -> int:
    """Of a text among the static files, which a server of tests sends as it lies; 0 for all else."""
    name = unquote(path).removeprefix("/static/")
    found = finders.find(name) if path.startswith("/static/") and TEXT.search(name) else None
    return len(gzip.compress(Path(found).read_bytes(), 9)) if found else 0
