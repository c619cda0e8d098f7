"""What all views of the API share."""

from typing import Any, ClassVar

from django.http import HttpResponseBase
from django_filters import FilterSet
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request

from haowu.partners.access import ClientAuthentication, MayCall
from haowu.partners.filters import StrictFilterBackend, refuse_unusable
from haowu.partners.limits import ClientRate
from haowu.partners.paging import KeysetPagination
from haowu.partners.schema import PartnerSchema
from haowu.tenants.models import Tenant
from haowu.web.formats import OnlyJSON, PrudentJSONParser, PrudentJSONRenderer


class PartnerView(GenericAPIView):
    """One resource. ``required_scopes`` is ``{method: [scopes]}``; ``kinds`` bounds who may call (None: anybody)."""

    authentication_classes = (ClientAuthentication,)
    permission_classes = (MayCall,)
    throttle_classes = (ClientRate,)
    parser_classes = (PrudentJSONParser,)
    renderer_classes = (PrudentJSONRenderer,)
    content_negotiation_class = OnlyJSON
    http_method_names = ("get", "post", "head")
    filter_backends = ()
    pagination_class = None
    schema = PartnerSchema()

    required_scopes: ClassVar[dict[str, list[str]]]
    kinds: ClassVar[frozenset[str] | None] = None
    query_parameters: tuple[str, ...] = ()

    @property
    def tenant(self) -> Tenant:
        return self.request.tenant

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read the body once the caller is known to be welcome: that is where its size is refused."""
        super().initial(request, *args, **kwargs)
        refuse_unusable(request, self.query_parameters)
        _ = request._request.body

    def finalize_response(self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any):
        response = super().finalize_response(request, response, *args, **kwargs)
        if rate := getattr(request, "rate", None):
            for name, value in rate.headers.items():
                response[name] = value
        return response


class PartnerListView(ListModelMixin, PartnerView):
    """A list, filtered by ``filterset_class`` and paged in ``ordering``. ``body_of`` makes a row an answer."""

    filter_backends = (StrictFilterBackend,)
    pagination_class = KeysetPagination
    filterset_class: ClassVar[type[FilterSet] | None] = None
    ordering: ClassVar[tuple[str, ...]]

    @property
    def query_parameters(self) -> tuple[str, ...]:
        filters = self.filterset_class.base_filters if self.filterset_class else ()
        return (*filters, *self.paginator.parameters)

    def get(self, request: Request, *args: Any, **kwargs: Any):
        return self.list(request, *args, **kwargs)

    def paginate_queryset(self, queryset) -> list[Any]:
        return [self.body_of(row) for row in super().paginate_queryset(queryset)]

    def body_of(self, row: Any) -> Any:
        return row
