"""Database errors of the moment, such as a lost connection or a deadlock: the same act may well succeed next time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, OperationalError

TRANSIENT_ERRORS = (OperationalError, InterfaceError)


def is_transient(error: BaseException) -> bool:
    """psycopg2 reports a server that went away in the middle of a statement as the bare DatabaseError."""
    return isinstance(error, TRANSIENT_ERRORS) or type(error) is DatabaseError


@contextmanager
def transient_by_class() -> Iterator[None]:
    """Raises OperationalError for the bare DatabaseError, for those who retry by class."""
    try:
        yield
    except DatabaseError as error:
        if is_transient(error) and not isinstance(error, TRANSIENT_ERRORS):
            raise OperationalError(*error.args) from error
        raise
