"""Merchants, streamers and leaders of a market file: tenants, created where their code is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from haowu.ground import days
from haowu.market import goods
from haowu.market.answer import Market
from haowu.market.entries import moment, text, whole
from haowu.tenants import opening
from haowu.tenants.models import Tenant
from merchants import shops
from streamers.models import Profile

NAME_LENGTH = 120
NO_FANS = -1
"""The entry says nothing of fans."""


@dataclass(frozen=True)
class _Party:
    code: str
    name: str
    buyer_ref: str

    @classmethod
    def read(cls, entry: dict[str, Any]) -> "_Party":
        code = text(entry, "code")
        return cls(
            code, text(entry, "name", default=code, max_length=NAME_LENGTH), text(entry, "buyer_ref", default="")
        )


def load_merchants(market: Market, entries: Any) -> None:
    """Merchants with their shops and products."""
    read: list[tuple[str, dict[str, Any], _Party, datetime]] = []
    for place, entry in market.entries("merchants", entries):
        with market.reading(place):
            read.append((place, entry, _Party.read(entry), moment(entry, "at")))
    merchants = _tenants(market, Tenant.Kind.MERCHANT, [party for _place, _entry, party, _at in read])
    shops.open_shops(merchants.values(), at=days.now())
    catalogues = [
        goods.Catalogue(f"{place}.products", merchants[party.code], entry.get("products"), at)
        for place, entry, party, at in read
    ]
    goods.load_products(market, catalogues)


def load_streamers(market: Market, entries: Any) -> None:
    """Streamers with their profiles. Fans are brought to what the file says, where it says something."""
    fans: dict[str, int] = {}
    parties: list[_Party] = []
    for place, entry in market.entries("streamers", entries):
        with market.reading(place):
            party, count = _Party.read(entry), whole(entry, "fans", default=NO_FANS)
            parties.append(party)
            fans[party.code] = count
    streamers = _tenants(market, Tenant.Kind.STREAMER, parties)
    counted = [Profile(streamer=streamers[code], fans=count) for code, count in fans.items() if count != NO_FANS]
    others = [Profile(streamer=streamers[code]) for code, count in fans.items() if count == NO_FANS]
    Profile.objects.bulk_create(counted, update_conflicts=True, unique_fields=["streamer"], update_fields=["fans"])
    Profile.objects.bulk_create(others, ignore_conflicts=True)


def load_leaders(market: Market, entries: Any) -> None:
    parties: list[_Party] = []
    for place, entry in market.entries("leaders", entries):
        with market.reading(place):
            parties.append(_Party.read(entry))
    _tenants(market, Tenant.Kind.TUANZHANG, parties)


def _tenants(market: Market, kind: str, parties: Sequence[_Party]) -> dict[str, Tenant]:
    """The tenants of ``parties`` by code; those that are there keep their names."""
    names: dict[str, str] = {}
    for party in parties:
        names.setdefault(party.code, party.name)
    now = days.now()
    made = opening.open_tenants(kind, names, at=now)
    tenants = Tenant.objects.coded(kind, set(names))
    market.loaded[kind] += len(made)
    market.learn_tenants(tenants.values())
    identities = {(party.code, party.buyer_ref) for party in parties if party.buyer_ref}
    opening.add_buyer_identities([(tenants[code], ref) for code, ref in sorted(identities)], at=now)
    return tenants
