"""``/media/``: uploaded pictures. The catalogue is public to all who have signed in, and to nobody else."""

from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.static import serve

SHOWN = {".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
"""What a browser may open as what it is. Anything else is handed out as a file to keep, of no type."""
KEPT_SECONDS = 3600


@login_required
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    try:
        answer = serve(request, path, document_root=settings.MEDIA_ROOT)
    except OSError:  # no file could be called that: a name too long, a file where a folder should be
        raise Http404 from None
    if isinstance(answer, FileResponse):
        suffix = PurePosixPath(path).suffix.lower()
        answer.headers["Content-Type"] = SHOWN.get(suffix, "application/octet-stream")
        answer.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
        answer.headers.pop("Content-Encoding", None)
        if suffix not in SHOWN:
            answer.headers["Content-Disposition"] = "attachment"
    return answer
