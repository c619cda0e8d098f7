"""``/media/``: uploaded pictures. The catalogue is public to all who have signed in, and to nobody else."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.static import serve


@login_required
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    try:
        return serve(request, path, document_root=settings.MEDIA_ROOT)
    except OSError:  # no file could be called that: a name too long, a file where a folder should be
        raise Http404 from None
