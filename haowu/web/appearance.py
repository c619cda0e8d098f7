"""Light or dark, as the reader chose; without a choice as his system says."""

from django.http import HttpRequest, HttpResponseRedirect
from django.views.decorators.http import require_POST

from haowu.web.paths import local

THEMES = ("light", "dark")
A_YEAR = 365 * 24 * 3600


@require_POST
def change_theme(request: HttpRequest) -> HttpResponseRedirect:
    """POST ``theme``: remembered in a cookie; anything else forgets the choice."""
    answer = HttpResponseRedirect(local(request, request.POST.get("next")) or "/")
    theme = request.POST.get("theme")
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    else:
        answer.delete_cookie("theme")
    return answer
