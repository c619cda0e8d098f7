"""The API's description for machines and people. The page keeps to the site's strict CSP: no inline script or style."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class SchemaView(SpectacularAPIView):
    """OpenAPI 3, as YAML or (``Accept: application/json``, ``?format=json``) JSON."""

    throttle_classes = ()


class DocsView(SpectacularSwaggerSplitView):
    url_name = "api-schema"
    template_name = "partners/api_docs.html"
    throttle_classes = ()
