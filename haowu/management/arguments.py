"""What is typed on a command line, through the one door: for ``type=`` of an argument; argparse says the refusal."""

from argparse import ArgumentTypeError
from datetime import date

from django.utils.translation import gettext as _

from haowu.ground import inputs
from haowu.ground.inputs import InputInvalid


def day(typed: str) -> date:
    try:
        return inputs.day(typed)
    except InputInvalid:
        raise ArgumentTypeError(
            _("{text} 不是日期。请写成 2024-06-09。").format(text=inputs.printable(typed))
        ) from None


def code(typed: str) -> str:
    """A code or number of up to 64 characters."""
    try:
        return inputs.text(typed, max_length=64)
    except InputInvalid as invalid:
        raise ArgumentTypeError(f"{inputs.printable(typed)[:80]}: {invalid}") from None


def whole(typed: str) -> int:
    """A whole number from 1 up that a column holds."""
    try:
        return inputs.whole_text(typed, low=1)
    except InputInvalid as invalid:
        raise ArgumentTypeError(f"{inputs.printable(typed)[:80]}: {invalid}") from None
