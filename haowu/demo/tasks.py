"""The demo's own door of Celery."""

from celery import shared_task

from haowu.demo import rehearsal
from haowu.ground import days
from haowu.ground.transient import RETRIES


@shared_task(**RETRIES)
def play_session(session_id: int, turn: int) -> None:
    """A turn of a played session, which asks for the next."""
    if rehearsal.play_turn(session_id, turn, at=days.now()):
        play_session.apply_async((session_id, turn + 1), countdown=rehearsal.PAUSE_SECONDS)
