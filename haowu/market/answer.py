"""A market on its way in: what it has loaded so far, what it refused, and what its entries may name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, TypeGuard

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from haowu.ground import inputs
from haowu.ground.errors import Refused
from haowu.market.entries import EntryInvalid, chunks, code_of, inside, object_of, text
from haowu.tenants.models import Tenant
from merchants.models import Product
from tuanzhang.models import Activity


class Unknown(Refused):
    code = "UNKNOWN_REFERENCE"
    text = _("没有编号为「{code}」的{kind}。请先在文件里列出它。")


@dataclass(frozen=True)
class EntryRefusal:
    """One entry that was not loaded. ``entry`` names its place in the file, such as ``plans[3]``."""

    entry: str
    code: str
    message: str


class Market:
    """``loaded`` counts the new rows by kind, ``refusals`` lists what was not loaded, each by its place and code.

    What entries name is looked up for a whole list at a time, before its entries are read.
    """

    def __init__(self) -> None:
        self.loaded: Counter[str] = Counter()
        self.refusals: list[EntryRefusal] = []
        self._tenants: dict[tuple[str, str], Tenant] = {}
        self._products: dict[tuple[int, str], Product] = {}
        self._activities: dict[str, Activity | None] = {}

    def as_json(self) -> dict[str, Any]:
        loaded = {str(kind): count for kind, count in self.loaded.items() if count}
        return {"loaded": loaded, "refusals": [asdict(refusal) for refusal in self.refusals]}

    def entries(self, name: str, entries: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each entry of the list ``name`` with its place. What is no list or no object is refused."""
        if entries is None:
            return
        if not isinstance(entries, list):
            self.refuse(name, EntryInvalid(field=name, why=_("须为列表。")))
            return
        for index, entry in enumerate(entries):
            place = f"{name}[{index}]"
            with self.reading(place):
                yield place, object_of(entry, place)

    @contextmanager
    def reading(self, place: str) -> Iterator[None]:
        """One entry that is only read yet: a refusal inside is reported, and the next entry goes on."""
        try:
            yield
        except Refused as refused:
            self.refuse(place, refused)

    @contextmanager
    def reporting(self, place: str) -> Iterator[None]:
        """As ``reading``, in a savepoint: what a refused entry wrote is undone."""
        with self.reading(place), transaction.atomic():
            yield

    def refuse(self, place: str, refused: Refused) -> None:
        self.refusals.append(EntryRefusal(place, refused.code, refused.message))

    def answered(self, places: Sequence[str], answers: Sequence[Any]) -> list[tuple[str, Any]]:
        """Report the refusals among ``answers``; the places and rows of the others."""
        done = []
        for place, answer in zip(places, answers, strict=True):
            if isinstance(answer, Refused):
                self.refuse(place, answer)
            else:
                done.append((place, answer))
        return done

    def look_up_tenants(self, kind: str, codes: Iterable[Any]) -> None:
        """Learn which of ``codes`` there are; what can be no code is passed over."""
        wanted = {code for code in codes if _may_be_code(code)}
        for some in chunks(sorted(wanted - {code for known, code in self._tenants if known == kind}), 10_000):
            self.learn_tenants(Tenant.objects.coded(kind, set(some)).values())

    def learn_tenants(self, tenants: Iterable[Tenant]) -> None:
        self._tenants.update({(tenant.kind, tenant.code): tenant for tenant in tenants})

    def look_up_products(self, keys: Iterable[Any]) -> None:
        """Learn the merchants and products that ``keys``, each ``{"merchant", "code"}`` or anything else, name."""
        pairs = [(key.get("merchant"), key.get("code")) for key in keys if isinstance(key, dict)]
        named = [(merchant, code) for merchant, code in pairs if _may_be_code(merchant) and _may_be_code(code)]
        self.look_up_tenants(Tenant.Kind.MERCHANT, (merchant for merchant, _code in named))
        known = [(self._tenants.get((Tenant.Kind.MERCHANT, merchant)), code) for merchant, code in named]
        wanted = {(merchant.pk, code) for merchant, code in known if merchant} - self._products.keys()
        for some in chunks(sorted(wanted), 10_000):
            merchants, codes = {merchant for merchant, _code in some}, {code for _merchant, code in some}
            found = Product.objects.filter(merchant__in=merchants, code__in=codes)
            self.learn_products(product for product in found if (product.merchant_id, product.code) in wanted)

    def learn_products(self, products: Iterable[Product]) -> None:
        self._products.update({(product.merchant_id, product.code): product for product in products})

    def is_known(self, kind: str, code: str) -> bool:
        return (kind, code) in self._tenants

    def tenant(self, kind: str, code: str) -> Tenant:
        tenant = self._tenants.get((kind, code))
        if tenant is None:
            raise Unknown(kind=Tenant.Kind(kind).label, code=code)
        return tenant

    def product(self, key: Any) -> Product:
        """The product that ``{"merchant", "code"}`` names."""
        if not isinstance(key, dict):
            raise EntryInvalid(field="product", why=_('须为 {"merchant", "code"} 对象。'))
        with inside("product"):
            merchant, code = text(key, "merchant"), text(key, "code")
        return self.product_of(self.tenant(Tenant.Kind.MERCHANT, merchant), code)

    def product_of(self, merchant: Tenant, code: str) -> Product:
        product = self._products.get((merchant.pk, code))
        if product is None:
            raise Unknown(kind=_("商品"), code=code)
        return product

    def activity(self, code: Any) -> Activity:
        code = code_of(code, "activity")
        if code not in self._activities:
            self._activities[code] = Activity.objects.coded(code)
        activity = self._activities[code]
        if activity is None:
            raise Unknown(kind=_("活动"), code=code)
        return activity

    def learn_activity(self, activity: Activity) -> None:
        self._activities[activity.code] = activity


def _may_be_code(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and inputs.is_storable(value)
