"""Who is no visitor: known crawlers, programs without a browser's name, and browsers that fetch ahead."""

from functools import lru_cache

import crawleruseragents
from django.http import HttpRequest

LONGEST_NAME = 512
REMEMBERED = 8_192
"""Browsers' names of which one process remembers the answer: looking through the list takes half a millisecond."""
AHEAD = ("prefetch", "preview", "prerender")


def is_visit(request: HttpRequest) -> bool:
    """Whether a person opened this: no HEAD, nothing fetched ahead of a click, no crawler."""
    if request.method != "GET":
        return False
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    if purpose.lower().startswith(AHEAD):
        return False
    return not is_crawler(browser_of(request))


def browser_of(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:LONGEST_NAME]


@lru_cache(maxsize=REMEMBERED)
def is_crawler(browser: str) -> bool:
    """By the maintained list of crawler-user-agents; who names no browser counts as one."""
    return not browser.strip() or crawleruseragents.is_crawler(browser)
