"""The API's description for machines and people. The page keeps to the site's strict CSP: no inline script or style."""

import hashlib
from functools import cache
from threading import Lock
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

FRESH_SECONDS = 300
_ONE_AT_A_TIME = Lock()


class SchemaView(SpectacularAPIView):
    """OpenAPI 3, as YAML or (``Accept: application/json``, ``?format=json``) JSON; ``?lang=en`` as Accept-Language.

    Described once in each process for each language and format. Who has it already gets 304.
    """

    throttle_classes = ()
    schema = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        with _ONE_AT_A_TIME:
            content, etag = _description(_language(request), renderer.__class__)
        answer = HttpResponse(content, content_type=renderer.media_type, headers={"ETag": etag})
        answer["Content-Disposition"] = f'inline; filename="openapi.{renderer.format}"'
        answer = get_conditional_response(request._request, etag=etag, response=answer) or answer
        patch_cache_control(answer, public=True, max_age=FRESH_SECONDS)
        patch_vary_headers(answer, ["Accept", "Accept-Language"])
        return answer


class DocsView(SpectacularSwaggerSplitView):
    url_name = "api-schema"
    template_name = "partners/api_docs.html"
    throttle_classes = ()


def _language(request: Request) -> str:
    """One of ours: the one asked for, else the one in force."""
    try:
        return translation.get_supported_language_variant(request.query_params.get("lang", ""))
    except LookupError:
        return translation.get_language()


@cache
def _description(language: str, renderer: type[BaseRenderer]) -> tuple[bytes, str]:
    """``(content, its ETag)``."""
    with translation.override(language):
        content = renderer().render(SchemaGenerator().get_schema(request=None, public=True), renderer_context={})
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
