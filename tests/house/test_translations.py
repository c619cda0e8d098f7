"""The English catalogue is complete: every text of code and templates is in it, with the same placeholders.

Refresh it with ``manage.py makemessages -l en --no-location --no-wrap --ignore .venv --ignore tests``.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("haowu", "merchants", "streamers", "tuanzhang", "commissions", "bases")
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_lazy": None, "ngettext_lazy": (1, 2), "gettext_noop": None}
CHINESE_IN_ENGLISH = {"简体中文", "圣诞"}
"""A language's own name, and a search word for Chinese titles."""

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
HAN = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with open(ROOT / "locale/en/LC_MESSAGES/django.po", "rb") as file:
        return read_po(file, locale="en")


def texts() -> Iterator[tuple[str, str]]:
    """``(place, msgid)`` of every text marked for translation, a plural by its singular."""
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _extracted(path, path.read_bytes())
        for path in sorted((ROOT / part).rglob("templates/**/*.html")):
            pseudo_code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            lines = (line.lstrip() for line in pseudo_code.splitlines())
            yield from _extracted(path, "\n".join(lines).encode())


def _extracted(path: Path, source: bytes) -> Iterator[tuple[str, str]]:
    for line, found, _comments, _context in extract("python", BytesIO(source), KEYWORDS):
        yield f"{path.relative_to(ROOT)}:{line}", found if isinstance(found, str) else found[0]


def test_every_text_is_found():
    """What the other tests of this file stand on."""
    found = {msgid for _place, msgid in texts()}
    assert len(found) > 600
    assert {"好物联盟", "共 %(n)s 条", "商品没有标题。请先填写标题再上架。", "达人", "选入"} <= found


def test_every_text_has_an_english_translation(catalogue):
    missing = {}
    for place, msgid in texts():
        message = catalogue.get(msgid)
        if message is None or message.fuzzy or not all(_forms(message)):
            missing.setdefault(msgid, place)
    assert missing == {}


def test_translations_keep_the_placeholders(catalogue):
    changed = [
        (message.id, form)
        for message in catalogue
        if message.id
        for form in _forms(message)
        if sorted(PLACEHOLDER.findall(_singular(message))) != sorted(PLACEHOLDER.findall(form))
    ]
    assert changed == []


def test_english_is_english(catalogue):
    left = {word for message in catalogue if message.id for form in _forms(message) for word in HAN.findall(form)}
    assert left == CHINESE_IN_ENGLISH


def _singular(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)
