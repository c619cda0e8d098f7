"""A market from one JSON file, built through the same acts as the pages. Format: partner API, "Market file".

Every entry is tried on its own: what is refused is reported with its place, code and remedy, and spoils nothing else.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from commissions.models import Policy
from haowu.ground.errors import Refused
from haowu.market.activities import load_activity
from haowu.market.entries import EntryInvalid, chunks, flag, list_of, moment, step_of, text, whole
from haowu.tenants.models import BuyerIdentity, Tenant
from merchants import listing, plans
from merchants.models import Category, Plan, Product, Shop
from merchants.refusals import PlanTypeUnknown
from streamers import shelf
from streamers.models import Profile
from tuanzhang.models import Activity

PLENTY = 9_999
"""Stock of a product whose entry says nothing of stock."""


class Unknown(Refused):
    code = "UNKNOWN_REFERENCE"
    text = _("没有编号为「{code}」的{kind}。请先在文件里列出它。")


@dataclass(frozen=True)
class Refusal:
    """One entry that was not loaded. ``entry`` names its place in the file, such as ``plans[3]``."""

    entry: str
    code: str
    message: str


class Market:
    """Loads one market. ``loaded`` counts rows by kind, ``refusals`` lists what was not taken."""

    def __init__(self) -> None:
        self.loaded: Counter[str] = Counter()
        self.refusals: list[Refusal] = []
        self._tenants: dict[tuple[str, str], Tenant] = {}
        self._products: dict[tuple[str, str], Product] = {}
        self._activities: dict[str, Activity] = {}
        self._category = cache(_category)

    def load(self, market: dict[str, Any]) -> None:
        """Load every list of ``market`` in the order in which the lists depend on each other."""
        if "policy" in market:
            self._each("policy", [market["policy"]], self._policy)
        self._each("merchants", market.get("merchants", []), self._merchant)
        self._each("streamers", market.get("streamers", []), self._streamer)
        self._each("leaders", market.get("leaders", []), self._leader)
        self._plans(market.get("plans", []))
        self._each("activities", market.get("activities", []), self._activity)
        self._picks(market.get("picks", []))

    def as_json(self) -> dict[str, Any]:
        return {"loaded": dict(self.loaded), "refusals": [asdict(refusal) for refusal in self.refusals]}

    def _each(self, name: str, entries: Any, act: Callable[[str, dict[str, Any]], None]) -> None:
        for place, entry in self.entries(name, entries):
            with self.reporting(place):
                act(place, entry)

    def entries(self, name: str, entries: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if not isinstance(entries, list):
            self._refuse(name, EntryInvalid(field=name, why=_("须为列表。")))
            return
        for index, entry in enumerate(entries):
            place = f"{name}[{index}]"
            if isinstance(entry, dict):
                yield place, entry
            else:
                self._refuse(place, EntryInvalid(field=place, why=_("须为 JSON 对象。")))

    @contextmanager
    def reading(self, place: str) -> Iterator[None]:
        """One entry that is only read yet: a refusal inside is reported, and the next entry goes on."""
        try:
            yield
        except Refused as refused:
            self._refuse(place, refused)

    @contextmanager
    def reporting(self, place: str) -> Iterator[None]:
        """As ``reading``, in a savepoint: what a refused entry wrote is undone."""
        with self.reading(place), transaction.atomic():
            yield

    def _refuse(self, place: str, refused: Refused) -> None:
        self.refusals.append(Refusal(place, refused.code, refused.message))

    def _policy(self, place: str, entry: dict[str, Any]) -> None:
        Policy.objects.create(
            effective_from=moment(entry, "at"),
            tech_bps=whole(entry, "tech_bps", default=1000, high=10_000),
            hold_days=whole(entry, "hold_days", default=7, high=365),
            return_tech_fee=flag(entry, "return_tech_fee", default=True),
            front_clawbacks=flag(entry, "front_clawbacks", default=False),
            reserve_bps=whole(entry, "reserve_bps", default=0, high=10_000),
            reserve_days=whole(entry, "reserve_days", default=0, high=365),
            subsidy_in_base=flag(entry, "subsidy_in_base", default=False),
            note=place,
        )
        self.loaded["policy"] += 1

    def _tenant(self, kind: str, entry: dict[str, Any]) -> Tenant:
        """The tenant with the entry's code, created where it is new."""
        code = text(entry, "code")
        tenant, created = Tenant.objects.get_or_create(
            kind=kind, code=code, defaults={"name": entry.get("name") or code}
        )
        self._tenants[kind, code] = tenant
        self.loaded[kind] += created
        if entry.get("buyer_ref"):
            BuyerIdentity.objects.get_or_create(tenant=tenant, buyer_ref=text(entry, "buyer_ref"))
        return tenant

    def _merchant(self, place: str, entry: dict[str, Any]) -> None:
        merchant = self._tenant(Tenant.Kind.MERCHANT, entry)
        Shop.objects.get_or_create(merchant=merchant)
        at = moment(entry, "at")
        drafts: list[tuple[str, listing.Draft]] = []
        for part, product in self.entries(f"{place}.products", entry.get("products", [])):
            with self.reading(part):
                drafts.append((part, self._draft(product)))
        for chunk in chunks(drafts):
            answers = listing.add_products(merchant, [draft for _part, draft in chunk])
            new = self.answered([part for part, _draft in chunk], answers)
            self.answered([part for part, _p in new], listing.list_products([p for _part, p in new], at=at))
            self.loaded["product"] += len(new)

    def _draft(self, entry: dict[str, Any]) -> listing.Draft:
        code = text(entry, "code")
        return listing.Draft(
            code=code,
            title=entry.get("title") or code,
            category=self._category(entry.get("category") or ""),
            price_fen=whole(entry, "price_fen"),
            stock=whole(entry, "stock", default=PLENTY),
        )

    def _streamer(self, place: str, entry: dict[str, Any]) -> None:
        streamer = self._tenant(Tenant.Kind.STREAMER, entry)
        fans = whole(entry, "fans", default=0)
        Profile.objects.update_or_create(streamer=streamer, defaults={"fans": fans})

    def _leader(self, place: str, entry: dict[str, Any]) -> None:
        self._tenant(Tenant.Kind.TUANZHANG, entry)

    def _activity(self, place: str, entry: dict[str, Any]) -> None:
        activity, items = load_activity(self, place, entry)
        self._activities[activity.code] = activity
        self.loaded["activity"] += 1
        self.loaded["enrolment"] += items

    def _plans(self, entries: Any) -> None:
        wishes: list[tuple[str, plans.NewPlan, list[tuple[int, datetime]]]] = []
        for place, entry in self.entries("plans", entries):
            with self.reading(place):
                wishes.append((place, *self._plan(entry)))
        for chunk in chunks(wishes):
            later = {place: rates for place, _wish, rates in chunk}
            answers = plans.open_plans([wish for _place, wish, _rates in chunk])
            for place, plan in self.answered([place for place, *_rest in chunk], answers):
                self.loaded["plan"] += 1
                self._later_rates(place, plan, later[place])

    def _plan(self, entry: dict[str, Any]) -> tuple[plans.NewPlan, list[tuple[int, datetime]]]:
        """The plan to open and the rates to ask for afterwards, in the order of time."""
        merchant = self.known(Tenant.Kind.MERCHANT, text(entry, "merchant"))
        kind = text(entry, "type")
        if kind not in Plan.Type.values:
            raise PlanTypeUnknown(type=kind)
        product = self._product(merchant, entry["product"]) if entry.get("product") else None
        rates = sorted(
            ((whole(rate, "bps"), moment(rate, "at")) for rate in list_of(entry, "rates")),
            key=lambda rate: rate[1],
        )
        listed = entry.get("streamers", {})
        if not isinstance(listed, dict):
            raise EntryInvalid(field="streamers", why=_("须为 {达人编号: 佣金率} 的对象。"))
        streamers = {self.known(Tenant.Kind.STREAMER, code): whole(listed, code) for code in listed}
        starts_at = rates[0][1] if rates else moment(entry, "at")
        first = rates[0][0] if rates else None
        step = step_of(entry["step"]) if entry.get("step") else None
        return plans.NewPlan(merchant, kind, starts_at, product, first, streamers, step), rates[1:]

    def _later_rates(self, place: str, plan: Plan, rates: list[tuple[int, datetime]]) -> None:
        for number, (bps, at) in enumerate(rates, start=1):
            with self.reporting(f"{place}.rates[{number}]"):
                plans.set_rate(plan, bps, at=at)

    def _picks(self, entries: Any) -> None:
        wishes: list[tuple[str, shelf.Wish]] = []
        for place, entry in self.entries("picks", entries):
            with self.reading(place):
                wishes.append((place, self._wish(entry)))
        wishes.sort(key=lambda wish: wish[1].at)
        for chunk in chunks(wishes):
            answers = shelf.pick_many([wish for _place, wish in chunk])
            self.loaded["pick"] += len(self.answered([place for place, _wish in chunk], answers))

    def _wish(self, entry: dict[str, Any]) -> shelf.Wish:
        streamer = self.known(Tenant.Kind.STREAMER, text(entry, "streamer"))
        product = self.named_product(entry.get("product"))
        activity = self._activity_coded(text(entry, "activity")) if entry.get("activity") else None
        return shelf.Wish(streamer, product, moment(entry, "at"), text(entry, "pid"), activity)

    def _activity_coded(self, code: str) -> Activity:
        if code not in self._activities:
            activity = Activity.objects.coded(code)
            if activity is None:
                raise Unknown(kind=_("活动"), code=code)
            self._activities[code] = activity
        return self._activities[code]

    def named_product(self, key: Any) -> Product:
        """The product that ``{"merchant", "code"}`` names."""
        if not isinstance(key, dict):
            raise EntryInvalid(field="product", why=_('须为 {"merchant", "code"} 对象。'))
        return self._product(self.known(Tenant.Kind.MERCHANT, text(key, "merchant")), text(key, "code"))

    def answered(self, places: list[str], answers: list[Any]) -> list[tuple[str, Any]]:
        """Report the refusals among ``answers``; the places and rows of the others."""
        done = []
        for place, answer in zip(places, answers, strict=True):
            if isinstance(answer, Refused):
                self._refuse(place, answer)
            else:
                done.append((place, answer))
        return done

    def known(self, kind: str, code: str) -> Tenant:
        if (kind, code) not in self._tenants:
            tenant = Tenant.objects.filter(kind=kind, code=code).first()
            if tenant is None:
                raise Unknown(kind=Tenant.Kind(kind).label, code=code)
            self._tenants[kind, code] = tenant
        return self._tenants[kind, code]

    def _product(self, merchant: Tenant, code: Any) -> Product:
        if not self._products.keys() & {(merchant.code, code)}:
            for product in Product.objects.of_merchant(merchant):
                self._products[merchant.code, product.code] = product
        if (merchant.code, code) not in self._products:
            raise Unknown(kind=_("商品"), code=code)
        return self._products[merchant.code, code]


@transaction.atomic
def load(market: dict[str, Any]) -> Market:
    """Load ``market`` in one transaction; what was refused stands in the answer."""
    loading = Market()
    loading.load(market)
    return loading


def _category(path: str) -> Category:
    """The leaf of ``path``, a name or up to three names with slashes (``服饰/女装/连衣裙``), created where new."""
    names = [name.strip() for name in path.split("/") if name.strip()]
    if not names:
        return Category.objects.get(code="uncategorised")
    names = [names[0]] * (Category.LEAF_LEVEL - len(names)) + names[: Category.LEAF_LEVEL]
    parent = None
    for level, name in enumerate(names, start=1):
        code = "/".join(names[:level])[:64]
        parent, _new = Category.objects.get_or_create(
            code=code, defaults={"name": name, "level": level, "parent": parent}
        )
    return parent
