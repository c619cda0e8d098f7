from streamers.models.listing import Listing, ListingChange, ListingFigures, SavedView, Word
from streamers.models.matching import (
    CategoryPool,
    Companions,
    CountedDay,
    ForYou,
    Interaction,
    MatchingPolicy,
    MatchModel,
)
from streamers.models.pick import Channel, Pick, Profile, new_pid

__all__ = [
    "CategoryPool",
    "Channel",
    "Companions",
    "CountedDay",
    "ForYou",
    "Interaction",
    "Listing",
    "ListingChange",
    "ListingFigures",
    "MatchModel",
    "MatchingPolicy",
    "Pick",
    "Profile",
    "SavedView",
    "Word",
    "new_pid",
]
