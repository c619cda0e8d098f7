"""When a request fails: the database does not answer (503, try again), or a bug (500).

Nothing here may ask the database or render what does. Below the API's addresses the answer is a problem, else a page.
"""

import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error

from haowu.web import problems

FOR_PROGRAMS = ("/api/", "/oauth/", "/healthz")


def failed(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``, called while the exception is at hand."""
    error = sys.exc_info()[1]
    # psycopg2 tells of a server that went away in the middle of a statement by the bare DatabaseError.
    is_down = isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError
    if request.path.startswith(FOR_PROGRAMS):
        return problems.plain_response(problems.DatabaseAway() if is_down else problems.InternalError())
    if is_down:
        page = loader.render_to_string("503.html")
        return HttpResponse(page, status=503, headers=problems.DatabaseAway().headers)
    return server_error(request)
