"""What a browser sees of a page: what its console says, what it asks for, how wide it is, what axe finds."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")


@dataclass
class Screen:
    page: Any
    base: str
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
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

    def links(self) -> list[str]:
        """Paths of this site that the page leads to, without what downloads."""
        found = self.page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)")
        paths = [link.removeprefix(self.base).partition("#")[0] for link in found if link.startswith(self.base)]
        return list(dict.fromkeys(path for path in paths if path))

    def overflow(self) -> int:
        """Pixels that the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")

    def at(self, width: int) -> "Screen":
        self.page.set_viewport_size({"width": width, "height": 844 if width < 800 else 900})
        return self

    def flaws(self) -> list[str]:
        """What axe calls serious: the rule, and the first place of it."""
        self.page.evaluate(_axe())
        run = "axe.run({resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})"
        violations = self.page.evaluate(f"async () => (await {run}).violations")
        return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in violations if each["impact"] in SERIOUS]


@cache
def _axe() -> str:
    return AXE.read_text()
