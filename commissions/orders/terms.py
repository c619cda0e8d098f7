"""Freezing terms: who is paid what on a line, as everything stood at ``ordered_at`` (rulebook §5, §6)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from commissions.models import Policy
from commissions.split import Rates
from haowu.tenants.models import BuyerIdentity
from merchants.models import Category, Engagement, Product, Shop
from streamers.models import Pick
from streamers.offers import Choice, Offer, natural
from streamers.terms import OfferBook


@dataclass(frozen=True)
class Sale:
    """What decides a line's terms."""

    product: Product
    pid: str
    buyer_ref: str
    ordered_at: datetime


@dataclass(frozen=True)
class Terms:
    """What is frozen on a line. ``offer`` None: a natural order, nobody is paid."""

    offer: Offer | None
    trace: list[str]
    policy: Policy
    hold_days: int
    streamer_id: int | None = None
    provider: Engagement | None = None
    agency: Engagement | None = None

    @property
    def rates(self) -> Rates:
        if self.offer is None:
            return Rates(tech_bps=self.policy.tech_bps)
        return Rates(
            commission_bps=self.offer.commission_bps,
            service_fee_bps=self.offer.service_fee_bps,
            second_bps=self.offer.second_bps,
            tech_bps=self.policy.tech_bps,
            provider_bps=self.provider.bps if self.provider else 0,
            agency_bps=self.agency.bps if self.agency else 0,
        )


@dataclass
class TermsBook:
    """Everything that decides the terms of ``sales``, read in a handful of queries. Platform scope."""

    sales: Iterable[Sale]
    _picks: dict[str, Pick] = field(init=False)
    _buyers: dict[int, set[str]] = field(init=False)

    def __post_init__(self) -> None:
        sales = list(self.sales)
        products = {sale.product.pk: sale.product for sale in sales}
        pids = {sale.pid for sale in sales if sale.pid}
        self._picks = {pick.pid: pick for pick in Pick.objects.filter(pid__in=pids).with_channels()}
        self._offers = OfferBook(products.values())
        self._policies = list(Policy.objects.order_by("-effective_from", "-pk"))
        parties = {pick.streamer_id for pick in self._picks.values()} | {p.merchant_id for p in products.values()}
        self._buyers = defaultdict(set)
        for tenant_id, buyer in BuyerIdentity.objects.filter(tenant__in=parties).values_list("tenant_id", "buyer_ref"):
            self._buyers[tenant_id].add(buyer)
        shops = Shop.objects.filter(merchant__in=parties).values_list("merchant_id", "hold_days", "funding")
        self._shop_holds, self._prepaid = {}, set()
        for merchant_id, hold_days, funding in shops:
            self._shop_holds[merchant_id] = hold_days
            if funding == Shop.Funding.PREPAID:
                self._prepaid.add(merchant_id)
        self._category_holds = _category_holds()
        self._engagements = defaultdict(list)
        for engagement in Engagement.objects.filter(client__in=parties):
            self._engagements[engagement.client_id].append(engagement)

    def freeze(self, sale: Sale) -> Terms:
        choice, streamer_id = self._choose(sale)
        policy = next(policy for policy in self._policies if policy.effective_from <= sale.ordered_at)
        hold_days = self._hold_days(sale.product, policy)
        if choice.offer is None:
            return Terms(None, choice.trace, policy, hold_days)
        provider = self._engaged(sale.product.merchant_id, sale.ordered_at)
        agency = self._engaged(streamer_id, sale.ordered_at)
        return Terms(choice.offer, choice.trace, policy, hold_days, streamer_id, provider, agency)

    def is_prepaid(self, sale: Sale) -> bool:
        """Whether a deposit pays for ``sale``, as its shop stands now: not a term, since the shop may change it."""
        return sale.product.merchant_id in self._prepaid

    def _engaged(self, client_id: int | None, at: datetime) -> Engagement | None:
        if client_id is None:
            return None
        return next((each for each in self._engagements[client_id] if each.is_live(at)), None)

    def _choose(self, sale: Sale) -> tuple[Choice, int | None]:
        """The offer, and the streamer it pays (None with no offer)."""
        if not sale.pid:
            return natural("NO_PID"), None
        pick = self._picks.get(sale.pid)
        if pick is None:
            return natural("UNKNOWN_PID"), None
        if pick.product_id != sale.product.pk:
            return natural("PID_PRODUCT_MISMATCH"), None
        if pick.picked_at > sale.ordered_at:
            return natural("PICKED_LATER"), None
        if sale.buyer_ref and sale.buyer_ref in self._buyers[pick.streamer_id] | self._buyers[sale.product.merchant_id]:
            return natural("SELF_PURCHASE"), None
        through = pick.through(sale.ordered_at)
        choice = self._offers.choose(sale.product.pk, pick.streamer_id, sale.ordered_at, through)
        return choice, pick.streamer_id if choice.offer else None

    def _hold_days(self, product: Product, policy: Policy) -> int:
        """The merchant's hold, else its category's (the leaf first), else the policy's."""
        for hold in (self._shop_holds.get(product.merchant_id), self._category_holds.get(product.category_id)):
            if hold is not None:
                return hold
        return policy.hold_days


def _category_holds() -> dict[int | None, int]:
    """``{category id: days}`` for categories that have a hold of their own or from a category above them."""
    rows = Category.objects.order_by("level").values_list("pk", "parent_id", "hold_days")
    holds: dict[int | None, int] = {}
    for pk, parent_id, hold in rows:
        inherited = hold if hold is not None else holds.get(parent_id)
        if inherited is not None:
            holds[pk] = inherited
    return holds
