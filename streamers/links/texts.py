"""A link as people pass it on: its address, the 口令 to paste into a chat; and how either is read again. No rows."""

import re

from streamers.models.link import CODE_LENGTH, CODE_PATTERN

ADDRESS = re.compile(rf"/s/({CODE_PATTERN})(?![A-Za-z0-9])")
TOKEN = re.compile(rf"[￥¥]\s*({CODE_PATTERN})\s*[￥¥]")
BARE = re.compile(CODE_PATTERN)
TITLE_LENGTH = 30


def path_of(code: str) -> str:
    return f"/s/{code}"


def token_of(code: str, title: str) -> str:
    """The 口令: words for people around ``￥code￥``, which our pages and API find in whatever is pasted."""
    short = title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
    return f"复制这段话打开好物联盟：{short} ￥{code}￥"


def code_in(pasted: str) -> str:
    """The first link's code in ``pasted``: of a 口令, of an address, or the code alone; else ''.

    A 口令 goes before an address: some chats put an address of their own into what is forwarded.
    """
    found = TOKEN.search(pasted) or ADDRESS.search(pasted)
    if found:
        return found[1]
    alone = pasted.strip()
    return alone if len(alone) == CODE_LENGTH and BARE.fullmatch(alone) else ""
