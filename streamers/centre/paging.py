"""Cursors of the selection list: after which row the next page begins, signed for this list in this order."""

from datetime import datetime
from typing import Any

from django.core import signing

from haowu.ground.paging import CursorInvalid
from streamers.centre.filters import Filters
from streamers.centre.statements import Place


def cursor_after(place: Place, filters: Filters, streamer_id: int) -> str:
    value = place.value.isoformat() if isinstance(place.value, datetime) else place.value
    return _signer(filters, streamer_id).sign_object([place.match, value, place.product])


def place_of(cursor: str, filters: Filters, streamer_id: int) -> Place | None:
    """None for the first page. Raises CursorInvalid for what this list never handed out."""
    if not cursor:
        return None
    try:
        match, value, product = _signer(filters, streamer_id).unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        raise CursorInvalid from None
    return Place(match, _value(value), product)


def _value(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _signer(filters: Filters, streamer_id: int) -> signing.Signer:
    return signing.Signer(salt=f"selection of {streamer_id}:{filters.query_string()}")
