from streamers.models.click import Click, LinkDay, VisitorSecret
from streamers.models.exposure import Exposure
from streamers.models.group import ShelfGroup
from streamers.models.link import Link
from streamers.models.listing import Listing, ListingChange, ListingFigures, Word
from streamers.models.matching import (
    CategoryPool,
    Companions,
    CountedDay,
    ForYou,
    Interaction,
    MatchingPolicy,
    MatchModel,
)
from streamers.models.module import Module, ModuleDay, ModuleEntry, ModuleRule
from streamers.models.pick import Channel, Pick, Profile, new_pid, new_place
from streamers.models.service import ProductService
from streamers.models.session import LiveSession, SessionItem

__all__ = [
    "CategoryPool",
    "Channel",
    "Click",
    "Companions",
    "CountedDay",
    "Exposure",
    "ForYou",
    "Interaction",
    "Link",
    "LinkDay",
    "Listing",
    "ListingChange",
    "ListingFigures",
    "LiveSession",
    "MatchModel",
    "MatchingPolicy",
    "Module",
    "ModuleDay",
    "ModuleEntry",
    "ModuleRule",
    "Pick",
    "ProductService",
    "Profile",
    "SessionItem",
    "ShelfGroup",
    "VisitorSecret",
    "Word",
    "new_pid",
    "new_place",
]
