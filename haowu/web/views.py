"""Pages that belong to no noun: the search across one's own things."""

from typing import Any

from django.views.generic import TemplateView

from haowu.ground import inputs
from haowu.web import finding

MAX_TYPED = 64


class Find(TemplateView):
    """``?q=``: what of the tenant's own things holds every word. A fragment for the field on top of each page.

    Routes wrap it so that only members of a tenant come here (haowu/urls.py).
    """

    template_name = "find.html"

    def get_template_names(self) -> list[str]:
        return ["find_hits.html"] if self.request.headers.get("HX-Request") else [self.template_name]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        typed = inputs.printable(self.request.GET.get("q", ""))[:MAX_TYPED]
        return super().get_context_data(typed=typed, found=list(finding.find(self.request.tenant, typed)), **context)
