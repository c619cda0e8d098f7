"""When a request fails: the database does not answer (503, try again), or a bug (500).

Nothing here may ask the database or render what does. Below the API's addresses the answer is a problem, else a page.
"""

import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error

from haowu.ground.transient import is_transient
from haowu.web import problems

FOR_PROGRAMS = ("/api/", "/oauth/", "/healthz")


def failed(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``, called while the exception is at hand."""
    error = sys.exc_info()[1]
    is_away = is_transient(error)
    if request.path.startswith(FOR_PROGRAMS):
        return problems.plain_response(problems.DatabaseAway() if is_away else problems.InternalError())
    if is_away:
        page = loader.render_to_string("503.html")
        return HttpResponse(page, status=503, headers=problems.DatabaseAway().headers)
    return server_error(request)
