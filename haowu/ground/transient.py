"""Errors of the moment, such as a lost connection or a deadlock: the same work may well succeed when tried again."""

from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)

LASTING_ERRORS = (DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError)

RETRIES = {
    "autoretry_for": (DatabaseError, InterfaceError),
    "dont_autoretry_for": LASTING_ERRORS,
    "retry_backoff": True,
    "retry_backoff_max": 60,
    "max_retries": 8,
}
"""Options of a Celery task that is tried again after what ``is_transient`` says, and after nothing else."""


def is_transient(error: BaseException | None) -> bool:
    """psycopg2 says by the bare DatabaseError that a server went away in the middle of a statement."""
    return isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError
