"""Going live, bringing goods on, ending. Start and end are real times: orders in between are the session's."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from streamers.live import refusals
from streamers.models import LiveSession, SessionItem

ONE_AT_A_TIME = "session_one_at_a_time"


def start(session: LiveSession, *, at: datetime) -> None:
    """From ``at`` on the streamer's orders are the session's. Refused while another one runs, or ran at ``at``."""
    try:
        with transaction.atomic():
            session.move("start", started_at=at)
    except IntegrityError as error:
        if ONE_AT_A_TIME in str(error):
            raise refusals.AnotherSessionLive from error
        raise


def end(session: LiveSession, *, at: datetime) -> None:
    """At the earliest a second after it started."""
    earliest = session.started_at + timedelta(seconds=1) if session.started_at else at
    session.move("end", ended_at=max(at, earliest))


def present(session: LiveSession, item: int, *, at: datetime) -> None:
    """Bring a good on; the one before it is thereby done."""
    if session.status != LiveSession.Status.LIVE:
        raise refusals.SessionOver
    if not SessionItem.objects.of_session(session).filter(pk=item).update(presented_at=at):
        raise refusals.ItemGone
