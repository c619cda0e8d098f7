"""Chinese first, English complete: every text in code and templates has a translation with the same placeholders."""

import io
import re
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("haowu", "merchants", "streamers", "tuanzhang", "bases", "commissions")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def english() -> dict:
    with (ROOT / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        return {message.id: message for message in read_po(file, locale="en") if message.id}


def texts() -> set:
    """Every message of the project's Python and templates; plurals as pairs."""
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.*"):
            if {"migrations", "node_modules"} & set(path.parts):
                continue
            if path.suffix == ".py":
                source = path.read_text()
            elif path.suffix == ".html":
                marked = templatize(path.read_text(), origin=str(path))
                source = "\n".join(line.strip() for line in marked.splitlines())  # read as Python, which minds indents
            else:
                continue
            for _line, message, _comments, _context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
                found.add(tuple(message) if isinstance(message, tuple) else message)
    return found


def test_every_text_has_an_english_translation():
    catalogue = english()
    missing = [
        text
        for text in texts()
        if text not in catalogue
        or not all([catalogue[text].string] if isinstance(text, str) else catalogue[text].string)
        or catalogue[text].fuzzy
    ]
    assert missing == []


def test_translations_keep_their_placeholders():
    for message in english().values():
        pairs = (
            [(message.id, message.string)]
            if isinstance(message.id, str)
            else zip(message.id, message.string, strict=True)
        )
        for chinese, translated in pairs:
            assert sorted(PLACEHOLDER.findall(chinese)) == sorted(PLACEHOLDER.findall(translated)), chinese


def test_no_chinese_is_left_in_english():
    allowed = {"简体中文"}
    for message in english().values():
        for translated in [message.string] if isinstance(message.string, str) else message.string:
            left = re.sub("成功|失败|合计", "", translated)  # words of a bank file, explained beside
            assert translated in allowed or not re.search(r"[\u4e00-\u9fff]", left), translated
